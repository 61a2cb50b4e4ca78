"""One case of a suite: what goes in, what should come out, and what is broken on purpose."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from podium.core.model import JsonObject, JsonValue, Model

FaultKind: TypeAlias = Literal["model_error", "model_stall", "model_lie", "source_down", "tool_error"]


class Fault(Model):
    """Something that fails while the case runs."""

    kind: FaultKind
    name: str = ""
    """The model role, source or tool that is hit; empty for every one of its kind."""
    times: Annotated[int, Field(ge=1)] | None = None
    """How often it fails before it works again; None for always."""
    seconds: Annotated[float, Field(ge=0)] = 0.0
    """How long a stall lasts."""
    reply: JsonValue = None
    """What a lying model says instead."""


class Turn(Model):
    """One message of a conversation, or the decision on what waits for a person."""

    user: str | None = None
    decision: Literal["approve", "reject", "edit", "respond", "rollback"] | None = None
    message: str = ""
    """The reason of a rejection, or the text of a response."""
    args: JsonObject = {}
    """The arguments that an edit puts in."""
    to: Annotated[int, Field(ge=0)] | None = None
    """For a rollback: back to after so many of the user's messages; before the last one when None."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Turn:
        if (self.user is None) == (self.decision is None):
            raise ValueError("a turn has either `user` or `decision`")
        return self


class SpanRef(Model):
    """A source, or a span of it, that an answer should rest on."""

    source: str
    start: Annotated[int, Field(ge=0)] | None = None
    """First character in the source's text; None when the whole source counts."""
    end: Annotated[int, Field(ge=0)] | None = None


class ExpectedAction(Model):
    """A call that should be made. An argument that is not named is not judged."""

    tool: str
    args: JsonObject = {}
    """Values, or matchers: `{"$regex": "^O-"}`, `{"$any": true}`, `{"$approx": 3.5, "tolerance": 0.01}`."""


class Expected(Model):
    """What a right outcome looks like. What is not named is not judged."""

    answer: JsonValue = None
    answers: tuple[JsonValue, ...] = ()
    """Other answers that are as right."""
    sources: tuple[SpanRef, ...] = ()
    relevant: dict[str, float] = {}
    """For retrieval: the gain of each relevant document or chunk by its id."""
    actions: tuple[ExpectedAction, ...] | None = None
    """The calls; an empty list says that nothing may be called."""
    trajectory: tuple[str, ...] | None = None
    """The steps: nodes or tools by name, with `__interrupt__` where a person is asked."""
    route: str | None = None
    status: str | None = None
    escalates: bool | None = None
    guardrail: str | None = None
    """The rule that should hit; an empty text says that none may."""
    world: JsonValue = None
    """What is different in the world afterwards, as the project's hook reads it; `{}` for nothing."""
    label: bool | None = None
    """Whether the outcome is right by a human's judgement, for checks of a judge and for calibration."""


class Case(Model):
    """One case."""

    id: Annotated[str, Field(min_length=1, max_length=200)]
    input: JsonValue = None
    """A message, or the object that the target takes."""
    turns: tuple[Turn, ...] = ()
    """A whole conversation, in place of `input`."""
    expected: Expected = Expected()
    tags: tuple[str, ...] = ()
    cluster: str = ""
    """The conversation or family that the case belongs to: cases of one are not independent."""
    faults: tuple[Fault, ...] = ()
    metadata: JsonObject = {}

    @model_validator(mode="after")
    def _input_or_turns(self) -> Case:
        if self.turns and self.input is not None:
            raise ValueError("a case has either `input` or `turns`")
        if not self.turns and self.input is None:
            raise ValueError("a case needs `input` or `turns`")
        return self
