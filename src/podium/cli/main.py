"""The entry point of `podium`: its fast path, its errors and its exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from podium.telemetry.langsmith import switch_off

_STDERR = 2
_TYPER_INTERRUPTED = 130
"""What Typer makes of ctrl-c; ours is 1, as for every cancelled run."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit.

    Args:
        arguments: Without the program's name; those of the process when None.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given in (["--version"], ["-V"]):
        from podium import __version__

        print(f"podium {__version__}")  # noqa: T201 - the fast path: nothing else is loaded
        raise SystemExit(0)
    raise SystemExit(run(given))


def run(arguments: list[str]) -> int:
    """Run one command; its exit code.

    Args:
        arguments: Without the program's name.
    """
    _have_streams()
    _speak_any_language()
    switch_off(os.environ)
    try:
        return _dispatch(arguments)
    except KeyboardInterrupt:
        from podium.cli.failures import report

        return report("cancelled", "stopped by ctrl-c", _kept(arguments), as_json=_wants_json(arguments))
    except BrokenPipeError:
        # Whoever read us has gone; the interpreter's last flush must not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _kept(arguments: list[str]) -> str:
    """What becomes of a command that was stopped."""
    if arguments[:2] == ["eval", "run"]:
        return "What has ended is kept: the same command with --resume goes on."
    return "What was stored is kept: 'podium threads list' shows it."


def _dispatch(arguments: list[str]) -> int:
    from podium.cli.failures import failed

    try:
        code = _invoke(arguments)
        sys.stdout.flush()
    except (KeyboardInterrupt, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback reaches a user
        return failed(error, arguments, as_json=_wants_json(arguments))
    return code


def _invoke(arguments: list[str]) -> int:
    from podium.cli.application import build
    from podium.cli.failures import checked_arguments

    result = build().main(args=checked_arguments(arguments), prog_name="podium", standalone_mode=False)
    if result == _TYPER_INTERRUPTED:
        raise KeyboardInterrupt
    return result if isinstance(result, int) else 0


def _wants_json(arguments: Sequence[str]) -> bool:
    given = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return "--json" in given


def _have_streams() -> None:
    """A stream that the caller closed becomes one that leads nowhere.

    Else a file that is opened later, the database say, would take its number and get its output.
    """
    if None not in (sys.stdin, sys.stdout, sys.stderr):
        return
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= _STDERR:
        continue
    os.close(descriptor)
    sys.stdin = sys.stdin or os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(_STDERR, "w", encoding="utf-8", closefd=False)


def _speak_any_language() -> None:
    """A terminal that cannot show a character gets its escape, never an error."""
    import io

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
