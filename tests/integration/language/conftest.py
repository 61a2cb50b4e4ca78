"""A small project whose agents are played by a model behind a real HTTP server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest

from podium.app.podium import Podium
from podium.testing.openai_server import OpenAIServer

KEY = "sk-test-never-to-be-seen-0123456789"

RULES = """# House rules of the library

A book may be kept for 21 days. It can be renewed twice if nobody else has reserved it.

## Fines

A book that is late costs 20 pence a day, and never more than 8 pounds.

## Rooms

The reading room holds 40 people. Telephones stay silent there.
"""

TOOL = '''"""Rooms of the library."""

from pathlib import Path

from pydantic import BaseModel

from podium import action

BOOK = Path(__file__).with_name("reserved.txt")


class Room(BaseModel):
    name: str


def free(ctx, args, result=None):
    BOOK.unlink(missing_ok=True)


@action("compensable", target="room/{name}", compensate=free)
def reserve_room(ctx, args: Room) -> dict[str, str]:
    """Reserve a room for a reader."""
    with BOOK.open("a", encoding="utf-8") as book:
        book.write(args.name + "\\n")
    return {"reserved": args.name}
'''

MANIFEST = """[project]
name = "library"

[models]
default = "openai:large"
{models}

[models.providers.openai]
base_url = "{url}"
timeout = {timeout}
max_retries = {retries}

[models.breaker]
seconds = {open_seconds}
max_delay = 1.0

[knowledge.collections.rules]
paths = ["docs"]
"""


class Open(Protocol):
    """Opens the project on a server, with its documents read."""

    def __call__(
        self,
        server: OpenAIServer,
        models: str = "",
        *,
        timeout: float = 10.0,
        retries: int = 1,
        open_seconds: float = 30.0,
    ) -> Podium: ...


def write_project(
    folder: Path, url: str, models: str, *, timeout: float, retries: int, open_seconds: float
) -> None:
    (folder / "docs").mkdir(parents=True, exist_ok=True)
    (folder / "tools").mkdir(exist_ok=True)
    (folder / "docs" / "rules.md").write_text(RULES, encoding="utf-8")
    (folder / "tools" / "rooms.py").write_text(TOOL, encoding="utf-8")
    text = MANIFEST.format(
        url=url, models=models, timeout=timeout, retries=retries, open_seconds=open_seconds
    )
    (folder / "podium.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def key() -> str:
    """The key that the project uses."""
    return KEY


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Where the project is."""
    return tmp_path / "library"


@pytest.fixture
def open_library(library: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with ExitStack() as stack:

        def open_it(
            server: OpenAIServer,
            models: str = "",
            *,
            timeout: float = 10.0,
            retries: int = 1,
            open_seconds: float = 30.0,
        ) -> Podium:
            write_project(
                library, server.base_url, models, timeout=timeout, retries=retries, open_seconds=open_seconds
            )
            app = stack.enter_context(Podium.from_project(library))
            app.ingest_sync()
            return app

        yield open_it


@pytest.fixture
def serve() -> Iterator[Callable[..., OpenAIServer]]:
    """Starts servers that stop with the test."""
    with ExitStack() as stack:
        yield lambda *replies: stack.enter_context(OpenAIServer(*replies))
