"""docs/models.md says what is so: its files are written, its settings are read, its examples are run."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from podium.app.podium import Podium
from podium.core.settings import Manifest
from podium.testing.helpful import HelpfulModel
from podium.testing.openai_server import OpenAIServer

QUESTION = "How long may a book be kept?"
USUAL = "http://127.0.0.1:8080/v1"
_BLOCK = re.compile(r"^```(\w+)\n(?:# (\S+)\n)?(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def blocks(root: Path) -> list[tuple[str, str, str]]:
    """Language, file name and text of each."""
    text = (root / "docs" / "models.md").read_text(encoding="utf-8")
    return [(match[1], match[2] or "", match[3]) for match in _BLOCK.finditer(text)]


def make_project(library: Path, models: str) -> None:
    manifest = (library / "podium.toml").read_text(encoding="utf-8")
    head, tail = manifest.split("[models]")[0], manifest[manifest.index("[knowledge") :]
    (library / "podium.toml").write_text(f"{head}{models}\n{tail}", encoding="utf-8")


def test_a_server_of_one_s_own_answers(
    blocks: list[tuple[str, str, str]],
    open_library: Callable[..., Podium],
    serve: Callable[..., OpenAIServer],
    library: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = serve(HelpfulModel())
    open_library(server).close()
    monkeypatch.delenv("OPENAI_API_KEY")
    settings = next(text for language, _, text in blocks if language == "toml")
    make_project(library, settings.replace(USUAL, server.base_url))
    command = next(text for language, _, text in blocks if language == "console")
    assert QUESTION in command
    with Podium.from_project(library) as app:
        reply = app.ask_sync(QUESTION)
    assert (reply.status, reply.degraded) == ("completed", False)
    assert {request["model"] for request in server.requests} == {"my-model"}


def test_a_chat_model_of_one_s_own_is_at_most_25_lines_and_plans(
    blocks: list[tuple[str, str, str]],
    open_library: Callable[..., Podium],
    serve: Callable[..., OpenAIServer],
    library: Path,
) -> None:
    open_library(serve(HelpfulModel())).close()
    (name, source) = next((name, text) for language, name, text in blocks if language == "python")
    assert len([line for line in source.splitlines() if line.strip()]) <= 25
    (library / name).write_text(source, encoding="utf-8")
    make_project(library, [text for language, _, text in blocks if language == "toml"][1])
    with Podium.from_project(library) as app:
        reply = app.ask_sync(QUESTION)
    assert (reply.status, reply.degraded, reply.usage.model_calls) == ("completed", False, 1)
    assert "21 days" in reply.answer


def test_every_setting_on_the_page_exists(blocks: list[tuple[str, str, str]]) -> None:
    settings = [text for language, name, text in blocks if (language, name) == ("toml", "podium.toml")]
    assert len(settings) == 5
    for text in settings:
        Manifest.model_validate({"project": {"name": "page"}, **tomllib.loads(text)})
