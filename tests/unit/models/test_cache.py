"""Kept replies: found by all that was asked, bounded, private, and never a reason to fail."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage
from pydantic import BaseModel

from podium.models.cache import ResponseCache, cache_key
from podium.models.record import PromptStamp
from podium.models.resolver import ResolvedModel
from podium.storage.encryption.cipher import Cipher
from podium.testing.scripted import ScriptedChatModel


class Word(BaseModel):
    word: str


class Number(BaseModel):
    number: int


class Hand:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.at = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


def model(name: str = "openai:x", place: str = "") -> ResolvedModel:
    return ResolvedModel(name, ScriptedChatModel(), place=place)


def test_a_reply_is_found_by_model_place_prompt_shape_and_messages() -> None:
    messages, stamp = [HumanMessage("Well?")], PromptStamp("planner", "1", "abc")
    keys = [
        cache_key(model(), stamp, Word, messages),
        cache_key(model("openai:y"), stamp, Word, messages),
        cache_key(model(place="http://127.0.0.1:1/v1"), stamp, Word, messages),
        cache_key(model(), PromptStamp("planner", "2", "abc"), Word, messages),
        cache_key(model(), PromptStamp("planner", "1", "abd"), Word, messages),
        cache_key(model(), stamp, Number, messages),
        cache_key(model(), stamp, Word, [HumanMessage("Well? ")]),
        cache_key(model(), stamp, Word, [HumanMessage("Well \ud800?")]),
    ]
    assert len(set(keys)) == len(keys)
    assert keys[0] == cache_key(model(), stamp, Word, [HumanMessage("Well?", id="other")])


def test_the_oldest_go_first_and_nothing_outlives_its_time(tmp_path: Path) -> None:
    clock = Hand()
    cache = ResponseCache(tmp_path / "replies.db", entries=2, days=1, clock=clock)
    for name in ("a", "b", "c"):
        clock.at += timedelta(seconds=1)
        assert cache.put(name, name.upper())
    assert [cache.get(name) for name in ("a", "b", "c")] == [None, "B", "C"]
    clock.at += timedelta(days=1, seconds=-0.5)
    assert [cache.get(name) for name in ("b", "c")] == [None, "C"]
    cache.close()


def test_the_file_is_made_when_needed_for_this_user_alone_and_is_there_again(tmp_path: Path) -> None:
    path = tmp_path / "data" / "replies.db"
    first = ResponseCache(path)
    assert first.get("a") is None
    assert not path.exists()
    first.put("a", "yes")
    first.close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = ResponseCache(path)
    assert again.get("a") == "yes"
    again.close()


@pytest.mark.parametrize("content", [b"no database at all, whatever it is called", None])
def test_a_file_that_cannot_be_used_keeps_nothing_and_fails_nothing(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "replies.db"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    cache = ResponseCache(path)
    assert not cache.put("a", "yes")
    assert cache.get("a") is None
    cache.close()


def test_with_a_key_replies_are_encrypted_and_lost_with_the_key(tmp_path: Path) -> None:
    path = tmp_path / "replies.db"
    plain = ResponseCache(path)
    plain.put("old", "earlierreply")
    plain.close()
    kept = ResponseCache(path, cipher=Cipher([b"k" * 32]))
    kept.put("new", "plantedreply")
    assert (kept.get("old"), kept.get("new")) == ("earlierreply", "plantedreply")
    assert not any(b"plantedreply" in file.read_bytes() for file in tmp_path.iterdir())
    kept.close()
    for cipher in (None, Cipher([b"o" * 32])):
        other = ResponseCache(path, cipher=cipher)
        assert other.get("new") is None
        other.close()
