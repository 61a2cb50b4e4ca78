"""How a command fails: one line with a code and a hint, or one JSON object, always on stderr."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from podium.core.errors import InputError, PodiumError


def check_arguments(arguments: Sequence[str]) -> None:
    """Make sure that the arguments are text.

    Raises:
        InputError: One holds bytes that are no UTF-8.
    """
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError:
            raise InputError(
                "an argument is not valid UTF-8",
                hint="Check the terminal's encoding, or use a file: podium ask - < FILE.",
            ) from None


def failed(error: Exception, arguments: Sequence[str], *, as_json: bool) -> int:
    """Report an exception; the exit code it means.

    Args:
        error: What ended the command.
        arguments: What the command was called with.
        as_json: Whether programs read it.
    """
    import click

    match error:
        case PodiumError():
            return report(error.code, error.message, error.hint, as_json=as_json, exit_code=error.exit_code)
        case click.exceptions.NoArgsIsHelpError():
            click.echo(error.format_message())
            return 2
        case click.UsageError():
            return report("usage", error.format_message(), _help(error), as_json=as_json, exit_code=2)
        case click.exceptions.Exit():
            return error.exit_code
        case click.Abort():
            return report("cancelled", "stopped", "", as_json=as_json)
        case click.ClickException():
            return report("usage", error.format_message(), "", as_json=as_json, exit_code=2)
        case _:
            return _unexpected(error, arguments, as_json=as_json)


def report(code: str, message: str, hint: str, *, as_json: bool, exit_code: int = 1) -> int:
    """Write one error to stderr.

    Args:
        code: Stable identifier.
        message: What happened, in one line.
        hint: What to do; may be empty.
        as_json: One object instead of a line.
        exit_code: Returned.
    """
    if as_json:
        import json

        error = {"code": code, "message": message, "hint": hint}
        line = json.dumps({"schema_version": 1, "error": error})
    else:
        from podium.cli.text import one_line

        line = one_line(f"error[{code}]: {message}" + (f" ({hint})" if hint else ""))
    sys.stderr.write(line + "\n")
    return exit_code


def _help(error: object) -> str:
    context = getattr(error, "ctx", None)
    return f"See '{context.command_path} --help'." if context else "See 'podium --help'."


def _unexpected(error: Exception, arguments: Sequence[str], *, as_json: bool) -> int:
    """A fault of ours: the traceback goes to a file."""
    where = _write_traceback(error, arguments)
    hint = f"Please report it; the details are in {where}." if where else "Please report it."
    return report("internal", f"{type(error).__name__}: {error}", hint, as_json=as_json)


def _write_traceback(error: Exception, arguments: Sequence[str]) -> str:
    import tempfile
    import traceback
    from pathlib import Path

    from podium.guardrails.redaction import redact

    text = redact("".join(traceback.format_exception(error)))
    command = arguments[0] if arguments else ""
    for folder in (Path(".podium/logs"), Path(tempfile.gettempdir())):
        if not folder.is_dir():
            continue
        try:
            path = folder / "podium-errors.log"
            with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(f"--- podium {command}\n{text}\n")
        except OSError:
            continue
        return str(path)
    return ""
