"""Kept prompts: found by hash, whole, and never taken for something else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from podium.agents.contracts import ROLES
from podium.agents.prompt_store import PromptStore
from podium.agents.prompts import Prompt, PromptRegistry, builtin_prompt, parse_prompt
from podium.core.errors import InputError, NotFound, StorageError


def planner(text: str) -> Prompt:
    return parse_prompt(f'---\nversion: "1"\noutput: Plan\n---\n{text}\n', "planner", "planner.md")


def test_a_kept_prompt_is_found_by_its_hash_and_equal(tmp_path: Path) -> None:
    store = PromptStore(tmp_path / "prompts")
    kept = planner("Plan wéll.")
    store.keep([kept, *(builtin_prompt(role) for role in ROLES)])
    found = store.find("planner", kept.hash[:12])
    assert (found.file, found.text, found.hash) == (kept.file, "Plan wéll.", kept.hash)
    assert [prompt.hash for prompt in store.list("critic")] == [builtin_prompt("critic").hash]


def test_a_file_with_other_line_ends_keeps_its_hash(tmp_path: Path) -> None:
    (tmp_path / "planner.md").write_bytes(
        b'\xef\xbb\xbf---\r\nversion: "1"\r\noutput: Plan\r\n---\r\nPlan.\r\n'
    )
    prompt = PromptRegistry.load(tmp_path).get("planner")
    store = PromptStore(tmp_path / "prompts")
    store.keep([prompt])
    assert store.find("planner", prompt.hash).hash == prompt.hash


def test_prompts_are_listed_in_the_order_of_first_use(tmp_path: Path) -> None:
    store = PromptStore(tmp_path)
    prompts = [planner(text) for text in ("one", "two", "three")]
    for moment, prompt in enumerate([*prompts, prompts[0]], start=1):
        store.keep([prompt])
        if moment <= len(prompts):
            os.utime(tmp_path / "planner" / f"{prompt.hash}.md", (moment, moment))
    assert [prompt.text for prompt in store.list("planner")] == ["one", "two", "three"]


@pytest.mark.parametrize("prefix", ["", "zz", "../", "*"])
def test_a_hash_that_nothing_has_is_not_found(tmp_path: Path, prefix: str) -> None:
    store = PromptStore(tmp_path)
    store.keep([planner("one")])
    with pytest.raises(NotFound):
        store.find("planner", prefix)


def test_a_hash_that_several_begin_with_is_ambiguous(tmp_path: Path) -> None:
    store = PromptStore(tmp_path)
    first, *more = (planner(f"number {number}") for number in range(40))
    store.keep([first, *more])
    shared = next(p.hash[0] for p in more if sum(q.hash[0] == p.hash[0] for q in more) > 1)
    with pytest.raises(InputError, match="start with"):
        store.find("planner", shared)


def test_a_kept_prompt_that_was_changed_is_not_believed(tmp_path: Path) -> None:
    store = PromptStore(tmp_path)
    kept = planner("one")
    store.keep([kept])
    (tmp_path / "planner" / f"{kept.hash}.md").write_text(planner("two").file, encoding="utf-8")
    with pytest.raises(StorageError, match="was changed"):
        store.find("planner", kept.hash)
