"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ProjectOption = Annotated[Path, typer.Option("--project", metavar="DIR", help="The project's folder.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
ModelOption = Annotated[
    str | None, typer.Option("--model", help="Use this model instead: offline, or openai:NAME.")
]
ThreadArgument = Annotated[str, typer.Argument(metavar="THREAD", help="The thread, or the start of its id.")]
CollectionOption = Annotated[
    str | None, typer.Option("--collection", metavar="C", help="The collection of documents.")
]

HERE = Path()
