"""Making a case of a real thread and adding it to a suite."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from podium.core.errors import Conflict, InputError
from podium.core.model import JsonValue
from podium.evals.case import Case, Expected
from podium.evals.importing import ids_in, write_cases
from podium.evals.loading import LoadedSuite
from podium.evals.suite import CaseFile
from podium.evals.threads import real_thread
from podium.storage.database import Database

REAL: Final = "cases/real.jsonl"
"""Where cases of real threads go, relative to the suites, where the suite has no file that takes them."""


@dataclass(frozen=True, slots=True)
class Added:
    """A case that was added.

    Attributes:
        case: The case.
        file: Where it stands.
        in_suite: Whether the suite runs what is in that file.
    """

    case: Case
    file: Path
    in_suite: bool


def case_files(loaded: LoadedSuite) -> list[str]:
    """The suite's files of plain cases, which others can be added to, relative to the suite."""
    root = loaded.folder.resolve()
    names = [_plain(source) for source in loaded.suite.cases]
    return [
        name for name in names if name.endswith(".jsonl") and (root / name).resolve().is_relative_to(root)
    ]


def add_thread(
    database: Database,
    thread: str,
    loaded: LoadedSuite,
    *,
    case_id: str = "",
    answer: JsonValue = None,
    file: str = "",
) -> Added:
    """Add a thread to a suite as a case, with what people decided and corrected.

    Args:
        database: Of the project.
        thread: The thread's full id.
        loaded: The suite.
        case_id: What the case is called; by the thread when empty.
        answer: What the answer should have been, in place of what people said of it.
        file: One of the suite's files of plain cases; chosen when empty.

    Raises:
        NotFound: The thread holds no turn.
        Conflict: A case of that id is there.
        InputError: The suite has no such file.
    """
    plain = case_files(loaded)
    if file and file not in plain:
        raise InputError(
            f"{loaded.suite.name} has no file {file!r} that takes cases",
            hint=f"There are: {', '.join(plain) or 'none'}.",
        )
    real = next((name for name in plain if Path(name).name == Path(REAL).name), "")
    name = file or real or next(iter(plain), REAL)
    case = real_thread(database, thread, case_id).case
    if answer is not None:
        case = case.model_copy(update={"expected": Expected(answer=answer)})
    place = loaded.folder / name
    if case.id in ids_in(place):
        raise Conflict(f"{name} holds a case {case.id!r} already", hint="Give it another id.")
    write_cases([case], place, append=True)
    return Added(case, place, name in plain)


def _plain(source: str | CaseFile | Case) -> str:
    """The file of a source whose lines are cases as they stand; empty for any other source."""
    if isinstance(source, str):
        return source
    plain = isinstance(source, CaseFile) and source.adapter is None and not source.where
    return source.file if plain and isinstance(source, CaseFile) else ""
