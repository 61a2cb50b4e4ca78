"""A run as an experiment of LangSmith: in its format without a key, and sent there with one.

Nothing is run again: the experiment's target gives back what each case came to, and its evaluators what the
scorers said. Without `upload` LangSmith's own `evaluate(upload_results=False)` makes it in this process.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podium.core.errors import EvalError
from podium.evals.log import TrialRecord, read_header, read_trials

if TYPE_CHECKING:
    from langsmith import Client
    from langsmith.evaluation import ExperimentResults

KEY = "LANGSMITH_API_KEY"
_SPACE = uuid.UUID("7f3f6c8e-52a5-4d0e-9a8e-2f1b6a4f6d10")


@dataclass(frozen=True, slots=True)
class Experiment:
    """What was made.

    Attributes:
        name: LangSmith's name of it.
        runs: How many runs it holds.
        results: LangSmith's own object.
    """

    name: str
    runs: int
    results: ExperimentResults


def as_experiment(log: Path, *, upload: bool = False, client: Client | None = None) -> Experiment:
    """Make an experiment of a run.

    Args:
        log: The run.
        upload: Send it to LangSmith, with the cases as a dataset named after the suite.
        client: LangSmith's client; by default one that its own environment variables set up.

    Raises:
        InputError: It is no log.
        EvalError: There is no key, or LangSmith refused.
    """
    if upload and client is None and not os.environ.get(KEY):
        raise EvalError(f"LangSmith needs a key, and {KEY} is not set", hint=f"Set {KEY}, then try again.")
    from langsmith import Client, evaluate
    from langsmith.utils import LangSmithError

    header = read_header(log)
    trials = {_id_of(trial): trial for trial in read_trials(log)}
    # Without an upload nobody may be asked anything, not even for the server's version.
    client = client or (Client() if upload else Client(api_url="http://127.0.0.1:9", api_key="none", info={}))
    metrics = sorted({score.name for trial in trials.values() for score in trial.scores})
    try:
        dataset = _uploaded(client, header.suite, header.description, trials) if upload else uuid.uuid4()
        examples = list(_examples(dataset, trials))
        results = evaluate(
            _target(trials),
            data=examples,
            evaluators=[_evaluator(name, trials) for name in metrics],
            experiment_prefix=f"{header.suite}-{header.created_at[:10]}",
            metadata={"target": header.target, "seed": header.seed, **header.versions},
            max_concurrency=0,
            client=client,
            upload_results=upload,
            error_handling="log",
        )
        runs = len(list(results))
        if upload:
            client.flush()
    except LangSmithError as error:
        raise EvalError(f"LangSmith refused: {error}", hint="Check the key and the address.") from None
    return Experiment(str(results.experiment_name), runs, results)


def _id_of(trial: TrialRecord) -> uuid.UUID:
    """The same for the same case and epoch, so that a dataset grows only by what is new."""
    return uuid.uuid5(_SPACE, f"{trial.digest} {trial.case.id} {trial.epoch}")


def _uploaded(
    client: Client, suite: str, description: str, trials: dict[uuid.UUID, TrialRecord]
) -> uuid.UUID:
    """The dataset of the suite with the cases in it; made where it is missing."""
    if client.has_dataset(dataset_name=suite):
        dataset = client.read_dataset(dataset_name=suite)
    else:
        dataset = client.create_dataset(suite, description=description)
    held = {example.id for example in client.list_examples(dataset_id=dataset.id)}
    new = [
        {"id": identifier, "inputs": _inputs(trial), "reference_outputs": _expected(trial)}
        for identifier, trial in trials.items()
        if identifier not in held
    ]
    if new:
        client.create_examples(dataset_id=dataset.id, examples=new)
    return uuid.UUID(str(dataset.id))


def _examples(dataset: uuid.UUID, trials: dict[uuid.UUID, TrialRecord]) -> Iterator[Any]:
    from langsmith.schemas import Example

    for identifier, trial in trials.items():
        yield Example(
            id=identifier,
            dataset_id=dataset,
            inputs={**_inputs(trial), "podium_run": str(identifier)},
            outputs=_expected(trial),
            metadata={"case": trial.case.id, "epoch": trial.epoch, "tags": list(trial.case.tags)},
        )


def _inputs(trial: TrialRecord) -> dict[str, Any]:
    case = trial.case
    if case.turns:
        return {"turns": [turn.model_dump(mode="json", exclude_defaults=True) for turn in case.turns]}
    return case.input if isinstance(case.input, dict) else {"input": case.input}


def _expected(trial: TrialRecord) -> dict[str, Any]:
    return trial.case.expected.model_dump(mode="json", exclude_defaults=True)


def _target(trials: dict[uuid.UUID, TrialRecord]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def recorded(inputs: dict[str, Any]) -> dict[str, Any]:
        trial = trials[uuid.UUID(inputs["podium_run"])]
        if trial.error is not None:
            raise EvalError(f"{trial.error.code}: {trial.error.message}")
        seen = trial.observation
        return seen.model_dump(mode="json", exclude_defaults=True, exclude={"trace"}) if seen else {}

    return recorded


def _evaluator(name: str, trials: dict[uuid.UUID, TrialRecord]) -> Callable[..., dict[str, Any]]:
    def judged(run: Any, example: Any) -> dict[str, Any]:  # noqa: ARG001 - LangSmith passes by name
        trial = trials[uuid.UUID(str(example.id))]
        score = next((one for one in trial.scores if one.name == name), None)
        if score is None:
            return {"key": name, "score": None}
        return {"key": name, "score": score.value, "comment": score.error or score.reason or None}

    judged.__name__ = name
    return judged
