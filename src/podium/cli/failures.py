"""How a command fails: one line with a code and a hint, or one JSON object, always on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from podium.core.errors import InputError, PodiumError


def checked_arguments(arguments: Sequence[str]) -> list[str]:
    """The arguments as text, also where the locale is one of bytes.

    Raises:
        InputError: One holds bytes that are no UTF-8.
    """
    return [argument if argument.isascii() else _as_text(argument) for argument in arguments]


def _as_text(argument: str) -> str:
    try:
        return os.fsencode(argument).decode()
    except UnicodeError:
        try:
            argument.encode()
        except UnicodeEncodeError:
            raise InputError(
                "an argument is not valid UTF-8",
                hint="Check the terminal's encoding, or use a file: podium ask - < FILE.",
            ) from None
        return argument


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
        case OSError():
            return _machine(error, as_json=as_json)
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
        from podium.cli.text import one_line, short_ids

        line = one_line(short_ids(f"error[{code}]: {message}" + (f" ({hint})" if hint else "")))
    sys.stderr.write(line + "\n")
    return exit_code


def _help(error: object) -> str:
    context = getattr(error, "ctx", None)
    return f"See '{context.command_path} --help'." if context else "See 'podium --help'."


def _machine(error: OSError, *, as_json: bool) -> int:
    """A disk, a folder or a stream that cannot be used."""
    import errno

    codes = {errno.ENOSPC: "disk_full", errno.EDQUOT: "disk_full", errno.EROFS: "read_only"}
    code = codes.get(error.errno or 0, "read_only" if isinstance(error, PermissionError) else "io_error")
    message = f"{error.filename or 'the output'}: {error.strerror or error}"
    return report(code, message, "Check the disk, the path and its permissions.", as_json=as_json)


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
    user = os.getuid() if hasattr(os, "getuid") else ""
    shared = Path(tempfile.gettempdir()) / f"podium-errors-{user}.log"
    for path in (Path(".podium/logs/podium-errors.log"), shared):
        if not path.parent.is_dir():
            continue
        try:
            with open(path, "a", encoding="utf-8", errors="backslashreplace", opener=_private) as file:
                file.write(f"--- podium {command}\n{text}\n")
        except OSError:
            continue
        return str(path)
    return ""


def _private(path: str, flags: int) -> int:
    """Opens a file for this user alone, and no link that another user may have laid there."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o600)
