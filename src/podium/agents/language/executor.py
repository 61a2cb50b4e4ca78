"""The executor played by a language model.

What needs no model is done without one: a question of the plan is asked, and a call whose arguments are all
known is proposed as it stands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from podium.agents.context import Assembled, Material
from podium.agents.contracts import ExecuteRequest, StepResult, ToolOutput
from podium.agents.language.arguments import missing_arguments, valid_arguments
from podium.agents.language.asking import Voice, standing
from podium.agents.language.provenance import traced_call
from podium.agents.language.replies import CallDraft, StepReply
from podium.agents.language.results import referenced
from podium.agents.language.statements import supported
from podium.core.model import JsonValue
from podium.core.tool import ToolCall, ToolSpec
from podium.core.usage import Usage


class LanguageExecutor:
    """Asks a model for statements and calls and keeps what is proven.

    Args:
        voice: Prompt, model and window.
    """

    def __init__(self, voice: Voice) -> None:
        self._voice = voice

    async def execute(self, request: ExecuteRequest) -> StepResult:
        """Draft statements with citations, or propose calls.

        Raises:
            ModelError: The model gave nothing usable.
        """
        match request.step.kind:
            case "clarify":
                return _question(request, request.step.instruction, request.step.missing)
            case "act":
                return await self._act(request)
            case "answer" | "retrieve":
                return await self._answer(request)

    async def _act(self, request: ExecuteRequest) -> StepResult:
        tool = next((tool for tool in request.tools if tool.name == request.step.tool), None)
        if tool is None:
            return StepResult(step=request.step.id, status="failed", reasons=("tool_not_open",))
        if request.outputs:
            return await self._report(request)
        args, absent = referenced(request.step, request.results)
        args = {**valid_arguments(tool, request.step.args)[0], **args}
        if not absent and not missing_arguments(tool, args) and not valid_arguments(tool, args)[1]:
            return _propose(request, tool, args)
        return await self._fill(request, tool, args)

    async def _fill(self, request: ExecuteRequest, tool: ToolSpec, known: dict[str, JsonValue]) -> StepResult:
        """Let the model look for what is missing in the request, the evidence and the results."""
        called = await self._voice.ask(
            self._prepare(request, (tool,)), StepReply, again=bool(request.feedback)
        )
        nothing = CallDraft(tool=tool.name)
        draft = next((call for call in called.value.calls if call.tool == tool.name), nothing)
        found = valid_arguments(tool, draft.args)[0]
        calls = traced_call(tool.name, {**found, **known}, request)
        # What the model made up is no answer to a missing argument.
        args = {
            name: value
            for name, value in calls.args.items()
            if name in known or calls.provenance[name].origin != "model"
        }
        if lacking := missing_arguments(tool, args):
            names = ", ".join(name.replace("_", " ") for name in lacking)
            result = _question(request, f"Could you tell me the {names}?", lacking, called.usage)
        else:
            result = _propose(request, tool, args, called.usage)
        return result.model_copy(update={**standing(called)})

    async def _report(self, request: ExecuteRequest) -> StepResult:
        """Say what a reading tool returned; an answer that depends on this step will say it instead."""
        failed = tuple(output.error for output in request.outputs if not output.ok)
        if len(failed) == len(request.outputs):
            return StepResult(step=request.step.id, status="failed", reasons=failed)
        if any(request.step.id in step.depends_on for step in request.plan.steps):
            return StepResult(step=request.step.id, status="done")
        reply = await self._answer(request)
        # The reading itself succeeded, whatever the model found to say about it.
        return reply.model_copy(update={"status": "done", "calls": ()})

    async def _answer(self, request: ExecuteRequest) -> StepResult:
        tools = _readable(request)
        prepared = self._prepare(request, tools)

        def check(reply: StepReply) -> str:
            return "; ".join(_problems(reply, prepared, request, tools))

        called = await self._voice.ask(prepared, StepReply, check, again=bool(request.feedback))
        result = _result(called.value, called.usage, prepared, request, tools)
        return result.model_copy(update={**standing(called)})

    def _prepare(self, request: ExecuteRequest, tools: tuple[ToolSpec, ...]) -> Assembled:
        return self._voice.prepare(
            Material(
                instructions=self._voice.prompt.text,
                request=request.request,
                task=_task(request),
                tools=tools,
                history=request.history,
                evidence=request.evidence,
                outputs=(*request.outputs, *_earlier(request)),
                feedback=request.feedback,
            )
        )


def _result(
    reply: StepReply,
    usage: Usage,
    prepared: Assembled,
    request: ExecuteRequest,
    tools: Sequence[ToolSpec],
) -> StepResult:
    """What of a reply holds; an abstention when nothing does."""
    step = request.step.id
    if reply.status == "clarify" and reply.question.strip():
        return _question(request, reply.question.strip(), reply.missing, usage)
    calls = _calls(reply.calls, request, tools)
    if reply.status == "continue" and calls:
        return StepResult(step=step, status="continue", calls=calls, usage=usage)
    statements, dropped = supported(reply.statements, prepared.evidence, request)
    if reply.status == "done" and statements:
        reasons = (*reply.reasons, *(("unsupported_dropped",) if dropped else ()))
        return StepResult(step=step, status="done", statements=statements, reasons=reasons, usage=usage)
    reasons = reply.reasons or ("unsupported" if dropped else "no_answer",)
    return StepResult(step=step, status="abstain", reasons=reasons, usage=usage)


def _problems(
    reply: StepReply, prepared: Assembled, request: ExecuteRequest, tools: Sequence[ToolSpec]
) -> list[str]:
    if reply.status == "continue":
        return (
            [] if _calls(reply.calls, request, tools) else ["continue needs a valid call of a reading tool"]
        )
    if reply.status == "clarify" and not reply.question.strip():
        return ["clarify needs a question"]
    if reply.status != "done":
        return []
    kept, problems = supported(reply.statements, prepared.evidence, request)
    return problems if kept or problems else ["done needs at least one statement"]


def _calls(
    drafts: Sequence[CallDraft], request: ExecuteRequest, tools: Sequence[ToolSpec]
) -> tuple[ToolCall, ...]:
    by_name: Mapping[str, ToolSpec] = {tool.name: tool for tool in tools}
    done = [(output.call.tool, output.call.args) for output in request.outputs]
    calls = []
    for draft in drafts:
        tool = by_name.get(draft.tool)
        if tool is None or (draft.tool, draft.args) in done or valid_arguments(tool, draft.args)[1]:
            continue
        if not missing_arguments(tool, draft.args):
            calls.append(traced_call(draft.tool, draft.args, request))
    return tuple(calls)


def _propose(
    request: ExecuteRequest, tool: ToolSpec, args: dict[str, JsonValue], usage: Usage | None = None
) -> StepResult:
    return StepResult(
        step=request.step.id,
        status="continue" if tool.effect == "read" else "done",
        calls=(traced_call(tool.name, args, request),),
        usage=usage or Usage(),
    )


def _question(
    request: ExecuteRequest, question: str, missing: tuple[str, ...], usage: Usage | None = None
) -> StepResult:
    return StepResult(
        step=request.step.id, status="clarify", question=question, missing=missing, usage=usage or Usage()
    )


def _readable(request: ExecuteRequest) -> tuple[ToolSpec, ...]:
    """The reading tools that the plan opened to the step."""
    return tuple(
        tool for tool in request.tools if tool.effect == "read" and tool.name in request.step.allowed_tools
    )


def _earlier(request: ExecuteRequest) -> tuple[ToolOutput, ...]:
    wanted = request.step.depends_on or tuple(request.results)
    held = (request.results[name] for name in wanted if name in request.results)
    return tuple(output for result in held for output in result.outputs)


def _task(request: ExecuteRequest) -> str:
    step = request.step
    lines = [f"Carry out step {step.id} ({step.kind}): {step.instruction}"]
    if step.args:
        lines.append(f"Known arguments: {json.dumps(step.args, ensure_ascii=False)}")
    if step.success:
        lines.append(f"It has succeeded if: {step.success}")
    done = [f"{name} ({result.status})" for name, result in request.results.items()]
    if done:
        lines.append(f"Steps before: {', '.join(done)}")
    return "\n".join(lines)
