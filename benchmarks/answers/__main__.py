"""How well the offline agents answer about the reference corpus, and how well they keep silent.

Everything runs through `Podium` on a copy of the reference project: ingested once, each question in a
thread of its own. By split of the questions in `evals/questions`:

- `answered`: share of questions that the corpus answers and that end completed with the right document cited.
- `first`: share with the right document cited before any other.
- `quoted`: share whose quotations hold the answer's words.
- `unanswered`: share of questions that nothing covers and that end in `abstained` or `clarify`, or wait for
  a person; `escalated` is the part of them that waits.
- `milliseconds`: mean time of a question.

`dev` and `validation` may be looked at while tuning; the wrong answers of `dev` are printed. `--held-out`
adds the half that was kept aside, and `fresh`, a list written from the corpus alone after the last fit:
totals only. The bars are for the two lists whole, `dev` and `held_out` together: a hundred questions that the
corpus answers, and sixty that nothing covers. What the halves and the other lists come to stands beside it.
`fit.py` beside this file is where the critic's coefficients come from.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from benchmarks.report import report

from podium.app.layout import LAYOUT
from podium.app.podium import Podium

if TYPE_CHECKING:
    from podium.app.results import Reply

NAME = "answers"
ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = ROOT / "evals" / "questions"
BAR = 0.9

Split = Literal["dev", "validation", "held_out", "fresh"]


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        text: Its words.
        sources: Names of the documents that answer it; empty when nothing does.
        answer: Words of the answer.
    """

    text: str
    sources: frozenset[str]
    answer: str = ""


@dataclass(frozen=True)
class Asked:
    """A question with what it came to.

    Attributes:
        question: The question.
        status: How the turn ended.
        cited: Names of the documents it cites, in order.
        quotes: What it quotes.
    """

    question: Question
    status: str
    cited: tuple[str, ...]
    quotes: tuple[str, ...]

    @property
    def given(self) -> bool:
        """Whether an answer was given."""
        return self.status not in ("abstained", "clarify", "interrupted")

    @property
    def right(self) -> bool:
        """Whether it is as it should be."""
        if not self.question.sources:
            return not self.given
        return self.status == "completed" and bool(self.question.sources & set(self.cited))


def questions(split: Split) -> list[Question]:
    """The questions of one split; lines of others are not parsed."""
    if split in ("validation", "fresh"):
        return [_question(line) for line in _lines(split)]
    wanted = f'"split": "{split}"'
    return [
        _question(line) for name in ("answerable", "unanswerable") for line in _lines(name) if wanted in line
    ]


def _lines(name: str) -> list[str]:
    return [
        line
        for line in (QUESTIONS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def _question(line: str) -> Question:
    held = json.loads(line)
    sources = held.get("sources") or [held.get("source")]
    return Question(
        held["question"], frozenset(Path(name).name for name in sources if name), held.get("answer", "")
    )


async def ask(app: Podium, question: Question) -> Asked:
    """Ask one question in a new thread."""
    reply: Reply = await app.ask(question.text)
    return Asked(
        question,
        reply.status,
        tuple(dict.fromkeys(Path(citation.source).name for citation in reply.citations)),
        tuple(citation.quote for citation in reply.citations),
    )


async def measure(app: Podium, split: Split) -> dict[str, float]:
    """The figures of one split."""
    began = time.perf_counter()
    asked = [await ask(app, question) for question in questions(split)]
    took = 1000 * (time.perf_counter() - began) / len(asked)
    if split == "dev":
        _tell(asked)
    covered = [item for item in asked if item.question.sources]
    nothing = [item for item in asked if not item.question.sources]
    return {
        f"answered_{split}": _share(item.right for item in covered),
        f"first_{split}": _share(item.right and item.cited[0] in item.question.sources for item in covered),
        f"quoted_{split}": _share(
            item.right and any(item.question.answer.lower() in quote.lower() for quote in item.quotes)
            for item in covered
        ),
        f"unanswered_{split}": _share(item.right for item in nothing),
        f"escalated_{split}": _share(item.status == "interrupted" for item in nothing),
        f"milliseconds_{split}": took,
    }


def _share(values: Iterable[bool]) -> float:
    held = list(values)
    return sum(held) / len(held)


def _tell(asked: Sequence[Asked]) -> None:
    for item in asked:
        if not item.right:
            kind = "not answered" if item.question.sources else "answered all the same"
            print(f"{kind} ({item.status}): {item.question.text} {list(item.cited)}")


async def run(splits: Sequence[Split]) -> dict[str, float]:
    """Ingest the corpus into a copy of the project and ask everything."""
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        for name in LAYOUT:
            here = ROOT / name
            if here.is_dir():
                shutil.copytree(here, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(here, folder / name)
        async with Podium.from_project(folder, model="offline") as app:
            await app.ingest()
            for split in splits:
                figures |= await measure(app, split)
    return figures


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; 1 when a bar was missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--held-out", action="store_true", help="measure the half that was kept aside too")
    parser.add_argument("--dev-only", action="store_true", help="leave the validation questions alone")
    given = parser.parse_args(arguments)
    splits: list[Split] = ["dev"]
    if not given.dev_only:
        splits.append("validation")
    if given.held_out:
        splits += ["held_out", "fresh"]
    figures = asyncio.run(run(splits))
    kinds = ("answered", "unanswered")
    if given.held_out:
        figures |= {
            kind: round((figures[f"{kind}_dev"] + figures[f"{kind}_held_out"]) / 2, 6) for kind in kinds
        }
    bars = {kind if given.held_out else f"{kind}_dev": (">=", BAR) for kind in kinds}
    return 0 if report(NAME, figures, {}, bars) else 1


if __name__ == "__main__":
    sys.exit(main())
