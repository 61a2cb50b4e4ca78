"""The plan of a turn: steps with dependencies, success criteria and what each may call."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from podium.core.model import JsonValue, Model

StepKind = Literal["retrieve", "act", "answer", "clarify"]


class StepReference(Model):
    """An argument that an earlier step provides."""

    step: str
    """Id of the step whose result holds the value."""
    path: str
    """Dotted path in that result, such as `orders.0.id`; `*.id` for each `id` in it, with a call for each."""


class Step(Model):
    """One thing to do."""

    id: str
    kind: StepKind
    instruction: str
    """What to do, in words; for `clarify` the question to ask."""
    query: str = ""
    """For `retrieve`: what to look for."""
    tool: str = ""
    """For `act`: the tool to call."""
    args: dict[str, JsonValue] = {}
    """For `act`: the arguments known when planning."""
    references: dict[str, StepReference] = {}
    """For `act`: arguments that come from the results of other steps."""
    missing: tuple[str, ...] = ()
    """For `clarify`: the arguments that the user has to give."""
    depends_on: tuple[str, ...] = ()
    success: str = ""
    """How to see that the step has succeeded."""
    independent: bool = False
    """For `act`: it is done, and stays done, whatever becomes of the other actions."""
    priority: Literal["normal", "low"] = "normal"
    """For `act`: a low one begins when nothing else is left to do."""
    allowed_tools: tuple[str, ...] = ()


class Plan(Model):
    """The steps of a turn."""

    steps: tuple[Step, ...] = Field(min_length=1)
    goal: str = ""
    allowed_tools: tuple[str, ...] = ()
    """Union of what the steps may call; opened by trusted input alone."""

    @model_validator(mode="after")
    def _dependencies_exist_and_end(self) -> Plan:
        done: set[str] = set()
        ids = [step.id for step in self.steps]
        if len(set(ids)) != len(ids):
            raise ValueError("two steps have the same id")
        remaining = {step.id: set(step.depends_on) for step in self.steps}
        for step_id, needs in remaining.items():
            if unknown := needs - set(ids):
                raise ValueError(f"step {step_id} depends on unknown steps {sorted(unknown)}")
        while ready := [i for i, needs in remaining.items() if needs <= done]:
            done.update(ready)
            for step_id in ready:
                del remaining[step_id]
        if remaining:
            raise ValueError(f"steps {sorted(remaining)} depend on each other in a circle")
        return self

    def step(self, step_id: str) -> Step:
        """The step with the id.

        Raises:
            KeyError: There is none.
        """
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)

    def acts_before(self, step_id: str) -> frozenset[str]:
        """The `act` steps that have to be done before a step, itself not counted."""
        found: set[str] = set()
        todo = [step_id]
        while todo:
            step = self.step(todo.pop())
            needed = {*step.depends_on, *(reference.step for reference in step.references.values())}
            todo += [one for one in needed if one not in found]
            found |= needed
        return frozenset(one for one in found if self.step(one).kind == "act" and one != step_id)

    def of_kind(self, kind: StepKind) -> tuple[Step, ...]:
        """The steps of one kind, in order."""
        return tuple(step for step in self.steps if step.kind == kind)
