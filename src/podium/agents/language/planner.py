"""The planner played by a language model."""

from __future__ import annotations

import json
from collections.abc import Mapping

from podium.agents.context import Material
from podium.agents.contracts import OpenQuestion, PlanReply, PlanRequest
from podium.agents.language.arguments import missing_arguments, valid_arguments
from podium.agents.language.asking import Voice, standing
from podium.agents.language.replies import PlanDraft, StepDraft
from podium.core.model import JsonValue
from podium.core.plan import Plan, Step, StepReference
from podium.core.tool import ToolSpec

UNCLEAR = "I did not understand what to do. Could you say it in other words?"


class LanguagePlanner:
    """Asks a model for a plan and keeps what holds: given tools, valid arguments, no circles.

    Args:
        voice: Prompt, model and window.
    """

    def __init__(self, voice: Voice) -> None:
        self._voice = voice

    async def plan(self, request: PlanRequest) -> PlanReply:
        """Make a plan whose tools are all among the request's.

        Raises:
            ModelError: The model gave nothing usable.
        """
        tools = {tool.name: tool for tool in request.tools}
        prepared = self._voice.prepare(
            Material(
                instructions=self._voice.prompt.text,
                request=request.request,
                task=_open(request.open_question),
                tools=request.tools,
                history=request.history,
                feedback=request.feedback,
                today=request.today,
            )
        )
        called = await self._voice.ask(
            prepared,
            PlanDraft,
            lambda draft: "; ".join(problems(draft, tools)),
            again=bool(request.feedback),
        )
        return PlanReply(plan=repaired(called.value, tools), usage=called.usage, **standing(called))


def problems(draft: PlanDraft, tools: Mapping[str, ToolSpec]) -> list[str]:
    """What a plan gets wrong, in words for the model."""
    found: list[str] = []
    ids = [step.id for step in draft.steps]
    if len(set(ids)) != len(ids):
        found.append("two steps have the same id")
    for number, step in enumerate(draft.steps):
        if unknown := sorted(_needs(step) - set(ids[:number])):
            found.append(f"step {step.id} depends on {unknown}, which are no earlier steps")
        if step.kind == "act":
            found += _act_problems(step, tools)
        elif step.kind == "retrieve" and not (step.query or step.instruction).strip():
            found.append(f"step {step.id} has no query")
        elif step.kind == "clarify" and not step.instruction.strip():
            found.append(f"step {step.id} asks no question")
    return found[:8]


def repaired(draft: PlanDraft, tools: Mapping[str, ToolSpec]) -> Plan:
    """A plan of what holds in the draft; one question when nothing does."""
    steps: list[Step] = []
    for draft_step in draft.steps:
        step = _step(draft_step, tools, {step.id for step in steps})
        if step is not None:
            steps.append(step)
    if not steps:
        steps = [Step(id="s1", kind="clarify", instruction=UNCLEAR)]
    allowed = tuple(dict.fromkeys(tool for step in steps for tool in step.allowed_tools))
    return Plan(steps=tuple(steps), goal=draft.goal, allowed_tools=allowed)


def _act_problems(step: StepDraft, tools: Mapping[str, ToolSpec]) -> list[str]:
    tool = tools.get(step.tool)
    if tool is None:
        return [f"step {step.id} uses the tool {step.tool!r}, which was not given"]
    found = valid_arguments(tool, step.args)[1]
    if lacking := missing_arguments(tool, {**step.args, **{ref.argument: 0 for ref in step.references}}):
        found.append(
            f"step {step.id} lacks {list(lacking)}: fill them in, refer to a result, or ask the user"
        )
    return found


def _needs(step: StepDraft) -> set[str]:
    return {*step.depends_on, *(reference.step for reference in step.references)}


def _step(draft: StepDraft, tools: Mapping[str, ToolSpec], before: set[str]) -> Step | None:
    if draft.id in before:
        return None
    depends = tuple(
        name for name in dict.fromkeys((*draft.depends_on, *_sorted_refs(draft))) if name in before
    )
    match draft.kind:
        case "act":
            return _act(draft, tools, depends)
        case "clarify":
            question = draft.instruction.strip() or UNCLEAR
            return Step(
                id=draft.id, kind="clarify", instruction=question, missing=draft.missing, depends_on=depends
            )
        case "retrieve":
            query = (draft.query or draft.instruction).strip()
            if not query:
                return None
            return Step(
                id=draft.id,
                kind="retrieve",
                instruction=draft.instruction or query,
                query=query,
                depends_on=depends,
                success=draft.success,
            )
        case "answer":
            words = draft.instruction.strip() or "Answer the request."
            return Step(
                id=draft.id, kind="answer", instruction=words, depends_on=depends, success=draft.success
            )


def _act(draft: StepDraft, tools: Mapping[str, ToolSpec], depends: tuple[str, ...]) -> Step | None:
    tool = tools.get(draft.tool)
    if tool is None:
        return None
    args: dict[str, JsonValue] = valid_arguments(tool, draft.args)[0]
    references = {
        reference.argument: StepReference(step=reference.step, path=reference.path)
        for reference in draft.references
        if reference.step in depends and reference.argument not in args
    }
    if lacking := missing_arguments(tool, {**args, **references}):
        names = ", ".join(name.replace("_", " ") for name in lacking)
        return Step(
            id=draft.id,
            kind="clarify",
            instruction=f"Could you tell me the {names}?",
            tool=tool.name,
            args=args,
            missing=lacking,
            depends_on=depends,
        )
    return Step(
        id=draft.id,
        kind="act",
        instruction=draft.instruction,
        tool=tool.name,
        args=args,
        references=references,
        depends_on=depends,
        success=draft.success,
        allowed_tools=(tool.name,),
    )


def _sorted_refs(draft: StepDraft) -> list[str]:
    return [reference.step for reference in draft.references]


def _open(question: OpenQuestion | None) -> str:
    if question is None:
        return ""
    held = json.dumps(question.model_dump(mode="json"), ensure_ascii=False)
    return f"The previous turn asked the user this; the request may answer it: {held}"
