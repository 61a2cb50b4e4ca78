from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from podium.app.project import Project
from podium.core.errors import ConfigError, InputError
from podium.evals.case import Case, Fault, Turn
from podium.evals.observation import Observation
from podium.evals.targets.project import ProjectTarget
from podium.evals.world import World

QUESTION = "How long does the prepaid return label stay usable?"
CANCEL = "Cancel order O-10038"


@pytest.fixture
async def target(desk: Path) -> AsyncIterator[ProjectTarget]:
    made = ProjectTarget(Project.open(desk))
    await made.open()
    yield made
    await made.close()


async def run(target: ProjectTarget, *turns: Turn, faults: tuple[Fault, ...] = ()) -> Observation:
    world = World()
    try:
        return await target.run(Case(id="c", turns=turns, faults=faults), world)
    finally:
        world.close()


def _files(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        and "chroma" not in file.parts
        and file.suffix not in (".lock", ".db-shm", ".db-wal")
    }


async def test_an_answer_is_seen_with_all_that_led_to_it(target: ProjectTarget) -> None:
    found = await run(target, Turn(user=QUESTION))
    assert found.status == "completed"
    assert "21 days" in str(found.output)
    assert found.citations[0].source == "returns-policy.md"
    assert found.retrieved[0].score is not None
    assert found.trajectory[0] == "admit"
    assert found.trajectory[-1] == "respond"
    assert (found.route, found.escalated, found.degraded, found.world) == ("answer", False, False, {})
    assert (found.cost, found.steps) == (0.0, 6)
    assert {event["kind"] for event in found.trace} >= {"node", "plan", "evidence", "confidence"}


async def _waiting(target: ProjectTarget) -> Observation:
    found = await run(target, Turn(user=CANCEL))
    assert found.escalated, found
    return found


async def test_what_a_person_approves_changes_the_world_of_the_case_alone(target: ProjectTarget) -> None:
    waiting = await _waiting(target)
    assert waiting.world == {}
    assert waiting.trajectory[-1] == "__interrupt__"
    found = await run(target, Turn(user=CANCEL), Turn(decision="approve"))
    (cancelled,) = [one for one in found.actions if one.tool == "cancel_order"]
    assert (cancelled.status, cancelled.granted) == ("verified", True)
    assert isinstance(found.world, dict)
    assert found.world["orders"]["O-10038"]["status"] == "cancelled"  # type: ignore[index,call-overload]
    assert (await _waiting(target)).world == {}


async def test_a_rollback_leaves_the_world_as_it_was(target: ProjectTarget) -> None:
    found = await run(target, Turn(user=CANCEL), Turn(decision="approve"), Turn(decision="rollback"))
    assert found.world == {}
    assert [one.status for one in found.actions if one.tool == "cancel_order"] == ["compensated"]
    assert found.replies[-1]["rollback"]["complete"] is True  # type: ignore[index,call-overload]


async def test_what_a_person_rejects_is_not_done(target: ProjectTarget) -> None:
    found = await run(target, Turn(user=CANCEL), Turn(decision="reject", message="no"))
    assert found.world == {}
    assert [one.granted for one in found.actions if one.tool == "cancel_order"] == [None]


async def test_a_decision_on_nothing_is_noted(target: ProjectTarget) -> None:
    found = await run(target, Turn(user=QUESTION), Turn(decision="approve"))
    assert found.trace[-1]["data"] == {"text": "nothing waits for a decision", "turn": "approve"}


async def test_a_message_to_a_thread_that_waits_ends_the_conversation(target: ProjectTarget) -> None:
    found = await run(target, Turn(user=CANCEL), Turn(user=QUESTION))
    assert (found.status, len(found.replies)) == ("interrupted", 1)


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        (Fault(kind="model_error", name="planner"), {"degraded": True, "status": "completed"}),
        (Fault(kind="model_lie", reply="nonsense"), {"degraded": True, "status": "completed"}),
        (Fault(kind="source_down"), {"status": "failed"}),
    ],
)
async def test_a_fault_hits_what_it_names(target: ProjectTarget, fault: Fault, seen: dict[str, Any]) -> None:
    found = await run(target, Turn(user=QUESTION), faults=(fault,))
    assert {name: getattr(found, name) for name in seen} == seen


async def test_a_tool_that_fails_changes_nothing(target: ProjectTarget) -> None:
    fault = Fault(kind="tool_error", name="cancel_order")
    found = await run(target, Turn(user=CANCEL), Turn(decision="approve"), faults=(fault,))
    assert found.world == {}
    assert [one.status for one in found.actions if one.tool == "cancel_order"] == ["failed"]


async def test_a_fault_on_what_is_not_there_is_an_error(target: ProjectTarget) -> None:
    with pytest.raises(ConfigError, match=r"names the tool 'cancel_ordr', which is not there") as raised:
        await run(target, Turn(user=QUESTION), faults=(Fault(kind="tool_error", name="cancel_ordr"),))
    assert "'cancel_order'" in raised.value.hint


async def test_nothing_of_the_project_is_changed(desk: Path) -> None:
    before = _files(desk)
    made = ProjectTarget(Project.open(desk))
    await made.open()
    await run(made, Turn(user=CANCEL), Turn(decision="approve"))
    await made.close()
    assert _files(desk) == before


async def test_versions_follow_what_the_project_is_made_of(desk: Path, target: ProjectTarget) -> None:
    note = desk / "guardrails" / "note.txt"
    before = dict(target.versions)
    note.write_text("more")
    try:
        changed = ProjectTarget(Project.open(desk))
        await changed.open()
        await changed.close()
    finally:
        note.unlink()
    assert {name for name in before if before[name] != changed.versions[name]} == {"policy"}


async def test_an_input_that_is_no_text_is_refused(target: ProjectTarget) -> None:
    world = World()
    with pytest.raises(InputError, match="a project takes a text, and the input is a dict"):
        await target.run(Case(id="c", input={"a": 1}), world)
    world.close()
