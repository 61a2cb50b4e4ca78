"""`podium eval`: suites of cases, run offline."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer

from podium.cli.options import HERE, JsonOption, ModelOption, ProjectOption

app = typer.Typer(
    help="Run suites of cases and judge what comes of them.", no_args_is_help=True, add_completion=False
)


class ImportForm(StrEnum):
    """What cases can be imported from."""

    CSV = "csv"
    LANGSMITH = "langsmith"
    BEGIN = "begin"
    BIPIA = "bipia"
    CHUNKING = "chunking"
    CLAPNQ = "clapnq"
    CRANFIELD = "cranfield"
    PIGUARD = "piguard"
    PRESIDIO = "presidio"
    TAU2 = "tau2"


SuitesArgument = Annotated[
    list[str], typer.Argument(metavar="SUITE…", help="Names in evals/, or files.", show_default=False)
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", metavar="DIR", help="The folder of logs; .podium/evals in the project by default."),
]


TagOption = Annotated[
    list[str] | None, typer.Option("--tag", metavar="T", help="Only cases with this tag; may be repeated.")
]
LimitOption = Annotated[
    int | None, typer.Option("--limit", min=1, metavar="N", help="Only the first N cases.")
]
FailedOption = Annotated[
    bool, typer.Option("--failed", help="Only the cases that went wrong in the last run.")
]
SeedOption = Annotated[int | None, typer.Option("--seed", metavar="N", help="In place of the suite's.")]
ConcurrencyOption = Annotated[
    int | None, typer.Option("--concurrency", min=1, max=256, metavar="N", help="How many at a time.")
]
ShardOption = Annotated[
    str | None, typer.Option("--shard", metavar="I/N", help="Only this part of the cases: 1/4.")
]
LogOption = Annotated[
    Path | None, typer.Option("--log", metavar="FILE", help="Write this log, not a new one in --out.")
]
ResumeOption = Annotated[
    bool, typer.Option("--resume", help="Go on with the last run, or with --log, where it was cut off.")
]
BaselineOption = Annotated[
    Path | None,
    typer.Option("--baseline", metavar="FILE", help="Exit with 5 where it is worse than this log."),
]
CacheOption = Annotated[
    bool | None, typer.Option("--cache/--no-cache", help="Use what earlier runs of the same observed.")
]
MaxCostOption = Annotated[
    float | None, typer.Option("--max-cost", min=0, metavar="MONEY", help="Begin no case once it is spent.")
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before money is spent.")]


ReportOption = Annotated[bool, typer.Option(help="Write a page beside the log.")]
JunitOption = Annotated[
    Path | None,
    typer.Option("--junit", metavar="FILE", help="Write a JUnit report for continuous integration."),
]
RecordOption = Annotated[
    Path | None,
    typer.Option("--record", metavar="FILE", help="Keep what models, sources and tools outside reply."),
]
ReplayOption = Annotated[
    Path | None,
    typer.Option("--replay", metavar="FILE", help="Use what was kept with --record, and reach nothing."),
]


@app.command()
def run(
    suites: SuitesArgument,
    tag: TagOption = None,
    limit: LimitOption = None,
    failed: FailedOption = False,
    seed: SeedOption = None,
    concurrency: ConcurrencyOption = None,
    shard: ShardOption = None,
    out: OutOption = None,
    log: LogOption = None,
    resume: ResumeOption = False,
    baseline: BaselineOption = None,
    cache: CacheOption = None,
    max_cost: MaxCostOption = None,
    yes: YesOption = False,
    model: ModelOption = None,
    report: ReportOption = True,
    junit: JunitOption = None,
    record: RecordOption = None,
    replay: ReplayOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Run suites; exits with 5 where a threshold does not hold."""
    from podium.cli.evaluation.run import RunArguments, run_suites

    given = RunArguments(
        suites=tuple(suites),
        tags=tuple(tag or ()),
        limit=limit,
        failed=failed,
        seed=seed,
        concurrency=concurrency,
        shard=shard,
        out=out,
        log=log,
        resume=resume,
        baseline=baseline,
        cache=cache,
        max_cost=max_cost,
        yes=yes,
        model=model,
        report=report,
        junit=junit,
        record=record,
        replay=replay,
        project=project,
        as_json=as_json,
    )
    code = run_suites(given)
    if code:
        raise typer.Exit(code)


@app.command()
def validate(
    suites: Annotated[
        list[str] | None, typer.Argument(metavar="[SUITE]…", help="Names in evals/, or files; without, all.")
    ] = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Check suites and all their cases without running anything."""
    from podium.cli.evaluation.checking import check_suites

    if not check_suites(tuple(suites or ()), project, as_json=as_json):
        raise typer.Exit(2)


@app.command()
def schema(
    case: Annotated[bool, typer.Option("--case", help="Of a case, not of a suite.")] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write there instead of to stdout.")
    ] = None,
) -> None:
    """Print the JSON Schema of a suite, for editors that complete and check."""
    import json

    from podium.cli.writing import write_file
    from podium.evals.schema import case_schema, suite_schema

    text = json.dumps(case_schema() if case else suite_schema(), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        typer.echo(text, nl=False)
        return
    write_file(output, text.encode())
    typer.echo(f"Wrote {output}.", err=True)


LogArgument = Annotated[
    Path,
    typer.Argument(
        metavar="LOG", help="A log, or a folder or suite whose newest log is meant.", show_default=False
    ),
]


@app.command()
def report(
    log: Annotated[
        Path | None,
        typer.Argument(
            metavar="LOG", help="A log, or a folder or suite whose newest log is meant; the newest of all."
        ),
    ] = None,
    baseline: BaselineOption = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="The page; beside the log by default."),
    ] = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Write the report of a run: one page that needs no server."""
    from podium.cli.evaluation.reporting import show_report

    show_report(log, baseline=baseline, output=output, project=project, as_json=as_json)


@app.command()
def compare(
    before: LogArgument,
    after: LogArgument,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write a page of it as well.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Compare two runs case by case: better, worse, or cannot tell. Exits with 5 where one is worse."""
    from podium.cli.evaluation.reporting import show_comparison

    code = show_comparison(before, after, output=output, as_json=as_json)
    if code:
        raise typer.Exit(code)


@app.command()
def init(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The suite's name.")] = "first",
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Write a first suite with two cases, to be changed."""
    from podium.cli.evaluation import files

    _tell(files.start(name, project), f"Now: podium eval run {name}", as_json=as_json)


@app.command()
def merge(
    logs: Annotated[list[Path], typer.Argument(metavar="LOG…", help="The logs of all shards.")],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The log that is written.")],
    as_json: JsonOption = False,
) -> None:
    """Make one log of those that 'run --shard' wrote."""
    from podium.cli.evaluation import files

    _tell(files.merge(logs, output), f"Now: podium eval report {output}", as_json=as_json)


@app.command("import")
def import_cases(
    source: Annotated[
        Path, typer.Argument(metavar="PATH", help="A CSV table, a LangSmith dataset, or a public set.")
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The JSON Lines file that is written.")
    ],
    form: Annotated[
        ImportForm | None, typer.Option("--format", help="What PATH is; by its ending when left out.")
    ] = None,
    documents: Annotated[
        Path | None,
        typer.Option(
            "--documents", metavar="DIR", help="Write the texts that a set is about, to be ingested."
        ),
    ] = None,
    append: Annotated[bool, typer.Option("--append", help="Add to what is there.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make cases of a table with a column 'input', of a LangSmith dataset's examples, or of a public set."""
    from podium.cli.evaluation import files

    found = files.bring(source, output, form.value if form else None, documents, append=append)
    ingest = f"Now: podium ingest {documents}. " if documents else ""
    _tell(found, f"{ingest}Name the file under cases in a suite.", as_json=as_json)


@app.command()
def accept(
    suite: Annotated[str, typer.Argument(metavar="SUITE", help="A name in evals/, or a file.")],
    log: Annotated[
        Path | None, typer.Option("--log", metavar="FILE", help="This run, not the newest one.")
    ] = None,
    allow_errors: Annotated[
        bool, typer.Option("--allow-errors", help="Also with trials that ended in an error.")
    ] = False,
    out: OutOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Take a run as the suite's new baseline."""
    from podium.cli.evaluation import files

    found = files.take(suite, log, out, project, allow_errors=allow_errors)
    baseline = found["baseline"]
    _tell(found, f"Now: podium eval run {suite} --baseline {baseline}", as_json=as_json)


@app.command()
def scorers(as_json: JsonOption = False) -> None:
    """List the scorers that come with Podium."""
    from podium.cli.evaluation import files

    found = files.scorers()
    if as_json:
        _tell({"scorers": found}, "", as_json=True)
        return
    for one in found:
        typer.echo(f"{one['name']:<26} {one['description']}")


def _tell(found: dict[str, object], then: str, *, as_json: bool) -> None:
    if as_json:
        from podium.cli.output import write_json

        write_json(found)
        return
    for name, value in found.items():
        typer.echo(f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}")
    typer.echo(then)


@app.command()
def add(
    threads: Annotated[
        list[str] | None, typer.Argument(metavar="[THREAD]…", help="Threads, or the starts of their ids.")
    ] = None,
    rated: Annotated[
        bool, typer.Option("--rated", help="All that somebody rated or corrected and that are not there yet.")
    ] = False,
    to: Annotated[
        Path, typer.Option("--to", metavar="FILE", help="The JSON Lines file that the cases are added to.")
    ] = Path("evals/cases/real.jsonl"),
    name: Annotated[str, typer.Option("--id", metavar="ID", help="What a single case is called.")] = "",
    traffic: Annotated[
        Path | None, typer.Option("--traffic", metavar="FILE", help="Keep what their models replied there.")
    ] = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Make cases of real threads, with what people decided and corrected."""
    from podium.cli.evaluation.learning import add_threads

    add_threads(
        threads or (), rated=rated, to=to, case_id=name, traffic=traffic, project=project, as_json=as_json
    )


@app.command()
def replay(
    threads: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[THREAD]…", help="Threads, or the starts of their ids; the last ones without."
        ),
    ] = None,
    last: Annotated[
        int, typer.Option("--last", min=1, metavar="N", help="How many, where none is named.")
    ] = 20,
    policy: Annotated[
        Path | None, typer.Option("--policy", metavar="FILE", help="In place of the project's policy.")
    ] = None,
    agents: Annotated[
        Path | None, typer.Option("--agents", metavar="DIR", help="In place of the project's prompts.")
    ] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="In a world made anew; in a copy of today's by default.")
    ] = False,
    out: OutOption = None,
    model: ModelOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Run real threads again under another model, policy or prompts, touching nothing outside; compare."""
    from podium.cli.evaluation.learning import ReplayArguments, replay_threads

    given = ReplayArguments(
        threads=tuple(threads or ()),
        last=last,
        model=model,
        policy=policy,
        agents=agents,
        world="fresh" if fresh else "current",
        out=out,
        project=project,
        as_json=as_json,
    )
    replay_threads(given)


@app.command()
def calibrate(
    logs: Annotated[
        list[Path], typer.Argument(metavar="LOG…", help="Logs, or folders whose newest is meant.")
    ],
    logistic: Annotated[
        bool, typer.Option("--logistic", help="Fit two numbers; any rising shape by default.")
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where; the policy's file by default."),
    ] = None,
    anyway: Annotated[bool, typer.Option("--anyway", help="Store it whatever it is worth.")] = False,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Fit the confidence of a project on labelled runs, and store it with the policy."""
    from podium.cli.evaluation.learning import fit_calibration

    method: Literal["isotonic", "logistic"] = "logistic" if logistic else "isotonic"
    fit_calibration(logs, method=method, output=output, anyway=anyway, project=project, as_json=as_json)


@app.command()
def upload(log: LogArgument, as_json: JsonOption = False) -> None:
    """Send a run to LangSmith as an experiment, with its cases as a dataset; needs LANGSMITH_API_KEY."""
    from podium.cli.evaluation.reporting import log_in
    from podium.cli.output import console, write_json
    from podium.evals.langsmith import as_experiment

    made = as_experiment(log_in(log), upload=True)
    if as_json:
        write_json({"experiment": made.name, "runs": made.runs})
    else:
        console().print(f"Sent {made.runs} runs to LangSmith as {made.name}.")
