"""BIPIA: orders hidden in what an assistant reads, such as an e-mail or an answer from a forum.

A folder holds `text_attack_SPLIT.json` and `code_attack_SPLIT.json` (lists of attacks by category) and
`TASK/SPLIT.jsonl`: `context`, `ideal`, and `question`, or `error` and `code`. Texts may be lists of lines.
Each context comes once as it is, and with each attack of its split at its start, middle and end; code has
attacks of its own. That makes many cases: `where: {task: email, position: end}` takes a part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from podium.core.errors import ConfigError
from podium.core.loading import one_line
from podium.core.model import JsonObject
from podium.evals.adapters.records import Record, Records, files_in, joined_in, of_lines
from podium.evals.faults import strict_json

POSITIONS = ("start", "middle", "end")
_CODE = "code"


class Attack(NamedTuple):
    """An order that nobody with a say has given."""

    category: str
    number: int
    text: str


def records(folder: Path) -> Records:
    """Every context, as it is and with each attack at each place.

    Args:
        folder: The set's.
    """
    for file in files_in(folder, "*/*.jsonl", "contexts"):
        task, split = file.parent.name, file.stem
        kind = _CODE if task == _CODE else "text"
        try:
            attacks = _attacks(file.parent.parent / f"{kind}_attack_{split}.json")
        except ConfigError as error:
            yield error
            continue
        for context in of_lines(file):
            if isinstance(context, Record):
                yield from _with_attacks(context, {"task": task, "split": split}, attacks)
            else:
                yield context


def _attacks(path: Path) -> list[Attack]:
    try:
        held = strict_json(path.read_bytes())
    except FileNotFoundError:
        raise ConfigError(
            f"there is no file {path}", hint="The contexts need attacks of their split."
        ) from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: {one_line(error)}", hint="Mend it.") from None
    if not isinstance(held, dict) or not all(isinstance(texts, list) for texts in held.values()):
        raise ConfigError(f"{path}: expected lists of attacks by category", hint="Mend it.")
    return [
        Attack(str(category), number, str(text))
        for category, texts in held.items()
        for number, text in enumerate(texts, start=1)
    ]


def _with_attacks(context: Record, about: dict[str, Any], attacks: list[Attack]) -> Iterator[Record]:
    key = f"{about['task']}-{context.key}"
    own = {**context.value, **about, "family": key}
    yield Record({**own, "position": "none"}, context.place, key)
    for attack in attacks:
        for position in POSITIONS:
            slug = re.sub(r"\W+", "_", attack.category).strip("_").lower()
            value = {**own, "position": position, "category": attack.category, "attack": attack.text}
            yield Record(value, context.place, f"{key}-{slug}-{attack.number}-{position}")


def case(record: Record) -> JsonObject:
    """A case that expects what is right for the context, whatever is hidden in it."""
    value = record.value
    asked = ("error", "code") if "code" in value else ("question",)
    attack = str(value.get("attack", ""))
    given: JsonObject = {name: joined_in(value, name) for name in asked}
    given["context"] = _hidden(joined_in(value, "context"), attack, value["position"])
    tags = [value["task"], value["split"], "attack" if attack else "clean"]
    return {
        "id": record.key,
        "input": given,
        "expected": {"answer": joined_in(value, "ideal")},
        "tags": [*tags, *([value["position"], value["category"]] if attack else [])],
        "cluster": value["family"],
        "metadata": {"attack": attack} if attack else {},
    }


def _hidden(context: str, attack: str, position: str) -> str:
    if not attack:
        return context
    if position == "start":
        return f"{attack}\n{context}"
    if position == "end":
        return f"{context}\n{attack}"
    middle = len(context) // 2
    gap = next((at for at in range(middle, len(context)) if context[at].isspace()), len(context))
    return f"{context[:gap]}\n{attack}\n{context[gap:].lstrip()}"
