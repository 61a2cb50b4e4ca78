"""Evaluation suites as tests: `pytest evals/answers.yaml`.

Each case is a test, and the suite's rules are one more, called `gate`. The cases that were not deselected run
together, as many at a time as the suite allows, when the first of them comes up. A suite is only collected
when it is named, never because a folder holds it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from podium.evals.loading import LoadedSuite
    from podium.evals.log import TrialRecord
    from podium.evals.running import Ran

_ENDINGS = (".yaml", ".yml")
_FOLDER = "podium-evals"


class EvalFailed(Exception):
    """A case or the gate failed; its text says why."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """What the plugin can be told."""
    group = parser.getgroup("podium", "Podium evaluation suites")
    group.addoption(
        "--eval-baseline", metavar="FILE", default=None, help="the log that the gate compares with"
    )
    group.addoption("--eval-model", metavar="MODEL", default=None, help="replaces the model of a project")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> SuiteFile | None:
    """A suite that was named."""
    if file_path.suffix not in _ENDINGS or not parent.session.isinitpath(file_path):
        return None
    collected: SuiteFile = SuiteFile.from_parent(parent, path=file_path)
    return collected


class SuiteFile(pytest.File):
    """A suite and what running it came to."""

    _loaded: LoadedSuite | None = None
    _ran: Ran | None = None

    def collect(self) -> Iterator[pytest.Item]:
        """A test for each case, and one for the gate."""
        from podium.core.errors import PodiumError
        from podium.evals.loading import load_suite

        try:
            self._loaded = load_suite(self.path)
            ids = [case.id for case in self._loaded.cases()]
        except PodiumError as error:
            raise self.CollectError(_said(error)) from None
        for case_id in ids:
            yield CaseItem.from_parent(self, name=case_id)
        yield GateItem.from_parent(self, name="gate")

    def ran(self) -> Ran:
        """The run of all cases that are to be tested; made when it is first asked for."""
        if self._ran is None:
            from podium.core.errors import PodiumError

            try:
                self._ran = asyncio.run(self._run())
            except PodiumError as error:
                raise EvalFailed(_said(error)) from None
        return self._ran

    async def _run(self) -> Ran:
        from podium.evals.running import RunOptions, prepare, run_suite
        from podium.evals.selection import Selection

        assert self._loaded is not None
        wanted = frozenset(
            item.name for item in self.session.items if isinstance(item, CaseItem) and item.parent is self
        )
        cache = self.config.cache
        out = cache.mkdir(_FOLDER) if cache is not None else self.config.rootpath / ".pytest_cache" / _FOLDER
        selection = Selection(ids=wanted or None)
        options = RunOptions(out=out, selection=selection, model=self.config.getoption("--eval-model"))
        return await run_suite(prepare(self._loaded, options))


class CaseItem(pytest.Item):
    """One case, in all its epochs."""

    def runtest(self) -> None:
        """Fail where a run of the case has no result, or is no success."""
        from podium.evals.log import read_trials
        from podium.evals.report.gather import SUCCESS

        ran = _suite_of(self).ran()
        primary = ran.header.primary
        problems = [
            problem
            for trial in read_trials(ran.log)
            if trial.case.id == self.name and (problem := _problem(trial, primary, SUCCESS))
        ]
        if problems:
            raise EvalFailed("\n".join(problems))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What failed, without a traceback."""
        return _shown(excinfo) or super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where it stands."""
        return self.path, None, f"{self.path.stem}: {self.name}"


class GateItem(pytest.Item):
    """The suite's rules."""

    def runtest(self) -> None:
        """Fail where a rule closes the gate."""
        from podium.core.errors import PodiumError
        from podium.evals.gate import judge_run

        ran = _suite_of(self).ran()
        baseline = self.config.getoption("--eval-baseline")
        try:
            gate = judge_run(
                ran.header,
                ran.summary,
                ran.log,
                baseline=Path(baseline) if baseline else None,
                planned=ran.planned,
            )
        except PodiumError as error:
            raise EvalFailed(_said(error)) from None
        stopped = [f"{one.rule}: {one.verdict}: {one.reason}" for one in gate.judgements if one.stops]
        if stopped:
            raise EvalFailed("\n".join(stopped))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What failed, without a traceback."""
        return _shown(excinfo) or super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where it stands."""
        return self.path, None, f"{self.path.stem}: gate"


def _suite_of(item: pytest.Item) -> SuiteFile:
    assert isinstance(item.parent, SuiteFile)
    return item.parent


def _problem(trial: TrialRecord, primary: str, success: float) -> str:
    if trial.error is not None:
        return f"{trial.error.code}: {trial.error.message}"
    score = next((score for score in trial.scores if score.name == primary), None)
    if score is None or (score.value is not None and score.value >= success):
        return ""
    if score.value is None:
        return f"{primary}: {score.error}" if score.error else ""
    output = trial.observation.output if trial.observation else None
    return f"{primary} {score.value:g}: {score.reason}\n{output}"


def _said(error: Exception) -> str:
    hint = getattr(error, "hint", "")
    return f"{error}\n{hint}" if hint else str(error)


def _shown(excinfo: pytest.ExceptionInfo[BaseException]) -> str:
    return str(excinfo.value) if isinstance(excinfo.value, EvalFailed) else ""
