"""The guardrails as a target: what the project's policy does to one value at one stage."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import Any

from podium.app.project import Project, project_of
from podium.core.evidence import Evidence
from podium.core.model import JsonValue
from podium.core.tool import ToolCall
from podium.core.verdict import Stage, Verdict
from podium.evals.observation import Observation
from podium.guardrails.pipeline import Pipeline
from podium.guardrails.policy_file import load_policy


class Check:
    """Looks at a value with the policy's rules, as a turn does at that stage.

    An input is `{"stage": "input", "text": …}`, likewise for `evidence` and `output`; an output may come
    with the `evidence` that it stands on. A call is `{"stage": "arguments", "tool": …, "args": {…}}`.
    """

    def __init__(self) -> None:
        self._held: Pipeline | None = None
        self._lock = Lock()

    async def __call__(self, given: dict[str, Any]) -> Observation:
        """What became of the value: the rules that hit, the worst outcome as status, the text that is left.

        Args:
            given: Stage and value.
        """
        with self._lock:
            pipeline = self._pipeline()
        stage: Stage = given["stage"]
        kept: JsonValue = given.get("text")
        if stage == "arguments":
            call = ToolCall(tool=given["tool"], args=given["args"])
            verdicts = await pipeline.check_call(call)
        elif stage == "evidence":
            checked = await pipeline.check_all(stage, [("passage", given["text"])])
            (kept,), verdicts = checked.values, checked.verdicts
        else:
            one = await pipeline.check(stage, given["text"], evidence=_passages(given))
            kept, verdicts = one.value, one.verdicts
        return Observation(
            output=kept,
            status=_outcome(verdicts),
            guardrails=tuple(dict.fromkeys(verdict.rule for verdict in verdicts)),
            reasons=tuple(verdict.reason for verdict in verdicts),
        )

    def _pipeline(self) -> Pipeline:
        if self._held is None:
            project = Project.open(project_of(Path(__file__)))
            policy = load_policy(*(project.path(name) for name in project.manifest.policy.files))
            self._held = Pipeline.from_policy(policy, project.folder)
        return self._held


check = Check()
"""The target; the policy is read for the first case."""


def _passages(given: dict[str, Any]) -> list[Evidence]:
    texts = given.get("evidence") or []
    return [
        Evidence(id=str(at), source=f"passage-{at}", text=text, end=len(text))
        for at, text in enumerate(texts)
    ]


def _outcome(verdicts: tuple[Verdict, ...]) -> str:
    order = ("refuse", "escalate", "filter", "retry", "fix")
    hit = {verdict.outcome for verdict in verdicts}
    return next((outcome for outcome in order if outcome in hit), "pass")
