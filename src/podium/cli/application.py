"""The tree of commands, whose modules are imported only when they are needed."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Final

import click
import typer
from typer.core import TyperGroup

COMMANDS: Final = (
    "dev",
    "serve",
    "ask",
    "chat",
    "resume",
    "rollback",
    "effects",
    "audit",
    "notifications",
    "reconcile",
    "threads",
    "feedback",
    "batch",
    "ingest",
    "search",
    "eval",
    "prompts",
    "graph",
    "keys",
    "triggers",
    "status",
    "backup",
    "restore",
    "prune",
    "encrypt",
    "doctor",
    "config",
    "new",
    "version",
)


class LazyGroup(TyperGroup):
    """Finds commands by name in `podium.cli.commands`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Names of the commands, in the order of help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, its module imported now."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"podium.cli.commands.{cmd_name}")
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        return command


def build() -> click.Command:
    """The command `podium`."""
    app = typer.Typer(
        cls=LazyGroup, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False
    )
    app.callback()(_podium)
    return typer.main.get_command(app)


def _podium(
    version: Annotated[
        bool, typer.Option("--version", "-V", help="Show the version.", is_eager=True)
    ] = False,
) -> None:
    """Agents that answer and act over your knowledge, ask before they matter, and can be undone."""
    if version:
        from podium import __version__

        typer.echo(f"podium {__version__}")
        raise typer.Exit
