"""How long a cold command takes, and how much memory, beside bare imports in the same run.

- `podium --version` against `python -c "import typer"`: at most 2 times.
- `podium ask` in a project without guardrails-ai validators against
  `python -c "import langgraph.graph, chromadb, onnxruntime, tokenizers"`: at most 1.7 times and 450 MB.
- `podium ask` in the reference project against the same: at most 2.5 times.
- `podium chat`, until its prompt stands, against `python -c "import langgraph.graph"`: at most 1 s more.

Every figure is the minimum of several processes, taken in turns with its reference, because the
machine is shared. The knowledge base is filled before.
"""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.report import report

ROOT = Path(__file__).resolve().parent.parent.parent
PODIUM = str(Path(sys.executable).parent / "podium")
ROUNDS = 7
QUESTION = "How many days do customers have to return an item?"
IMPORTS = "import langgraph.graph, chromadb, onnxruntime, tokenizers"
PROMPT = b"you>"


@dataclass(frozen=True)
class Cost:
    """What a process cost: wall seconds, and megabytes at its peak."""

    seconds: float
    megabytes: float


def cost(command: Sequence[str], folder: Path) -> Cost:
    """Run a command to its end."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed: {errors.decode()[-500:]}")
    return Cost(time.perf_counter() - began, usage.ru_maxrss / 1024)


def until_prompt(folder: Path) -> float:
    """Seconds until `podium chat` shows its prompt on a terminal."""
    began = time.perf_counter()
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        os.execv(PODIUM, [PODIUM, "chat"])
    seen = b""
    while PROMPT not in seen:
        seen += os.read(terminal, 4096)
    seconds = time.perf_counter() - began
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    os.close(terminal)
    return seconds


def best(rounds: int, *work: Callable[[], float]) -> list[float]:
    """The minimum of each, taken in turns."""
    taken = [[each() for each in work] for _ in range(rounds)]
    return [min(column) for column in zip(*taken, strict=True)]


def plain_project(folder: Path) -> Path:
    """A project with documents and the built-in policy, which names no guardrails-ai validator."""
    project = folder / "plain"
    shutil.copytree(ROOT / "knowledge" / "corpus", project / "documents")
    (project / "podium.toml").write_text(
        '[project]\nname = "plain"\n[tools]\npaths = []\n'
        '[knowledge.collections.documents]\npaths = ["documents"]\n',
        encoding="utf-8",
    )
    return project


def main() -> int:
    """Measure and report."""
    with tempfile.TemporaryDirectory() as name:
        plain = plain_project(Path(name))
        for folder in (plain, ROOT):
            subprocess.run([PODIUM, "ingest"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        figures, reference = measure(plain)
    bars = {
        "version_ratio": ("<=", 2.0),
        "ask_plain_ratio": ("<=", 1.7),
        "ask_plain_megabytes": ("<=", 450.0),
        "ask_reference_ratio": ("<=", 2.5),
        "prompt_seconds_over_langgraph": ("<=", 1.0),
    }
    return 0 if report("coldstart", figures, reference, bars) else 1


def measure(plain: Path) -> tuple[dict[str, float], dict[str, float]]:
    """The figures and their references."""
    python = sys.executable
    memory: list[float] = []

    def ask(folder: Path) -> float:
        spent = cost([PODIUM, "ask", QUESTION], folder)
        if folder == plain:
            memory.append(spent.megabytes)
        return spent.seconds

    version, typer = best(
        ROUNDS * 2,
        lambda: cost([PODIUM, "--version"], plain).seconds,
        lambda: cost([python, "-c", "import typer"], plain).seconds,
    )
    asked, asked_here, imports = best(
        ROUNDS,
        lambda: ask(plain),
        lambda: ask(ROOT),
        lambda: cost([python, "-c", IMPORTS], plain).seconds,
    )
    prompt, langgraph = best(
        ROUNDS,
        lambda: until_prompt(ROOT),
        lambda: cost([python, "-c", "import langgraph.graph"], plain).seconds,
    )
    figures = {
        "version_ratio": version / typer,
        "version_seconds": version,
        "ask_plain_ratio": asked / imports,
        "ask_plain_seconds": asked,
        "ask_plain_megabytes": max(memory),
        "ask_reference_ratio": asked_here / imports,
        "ask_reference_seconds": asked_here,
        "prompt_seconds": prompt,
        "prompt_seconds_over_langgraph": prompt - langgraph,
    }
    reference = {
        "import_typer_seconds": typer,
        "import_heavy_seconds": imports,
        "import_langgraph_seconds": langgraph,
    }
    return figures, reference


if __name__ == "__main__":
    sys.exit(main())
