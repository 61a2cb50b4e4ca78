"""Whether the statistics of an evaluation can be believed, and what the harness costs.

- `difference_1e9`: the largest difference, in billionths, to scipy, statsmodels, scikit-learn and
  krippendorff on the same random inputs, over all figures; the reference has it by figure.
- `coverage_least` and `coverage_most`: share of the 95 % intervals that hold the truth, in the system where
  it is lowest and highest, of 100 cases or 50 conversations and more; the reference has every system.
- `quantile_coverage`: the same for the 95th percentile of 200 cases.
- `unchanged_passes`: how often the gate lets an unchanged system pass, alone and with four metrics besides,
  whichever is less. `loss_stopped`: how often it stops a true loss of ten points of the primary metric on 200
  pairs of which a fifth differ, the same way. The reference has what an exact two-sided McNemar test at 0.05
  (statsmodels' default) would do on the same figures.
- `interval_ms`: the interval of the mean of 10,000 values.
- `case_ms`: the time of one of 10,000 trivial cases, with the durable log; the reference has LangSmith's
  `evaluate(upload_results=False)` and, where it is installed, pydantic-evals on the same work, and
  `case_ratio` is the share of LangSmith's.
- `page_mb` and `page_seconds`: the report of these cases, and how long Chromium, started anew, takes to show
  it; where there is no Chromium, nothing is said of the latter.

`--quick` takes a tenth of the rounds, without bars on what is simulated.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from benchmarks.evals import overhead
from benchmarks.evals.agreement import largest_differences
from benchmarks.evals.page import seconds_to_open, write_page
from benchmarks.evals.simulation import coverage, gate_passes, quantile_coverage
from benchmarks.report import report
from scipy import stats

from podium.evals.statistics.intervals import mean_interval

SEED = 20
ROUNDS = 4_000
PAIRS, DISCORDANT, LOSS = 200, 0.2, 0.1

CASES = 10_000

BARS: dict[str, tuple[str, float]] = {
    "difference_1e9": ("<=", 1),
    "interval_ms": ("<=", 1_000),
    "case_ms": ("<=", 0.5),
    "case_ratio": ("<=", 0.5),
    "page_mb": ("<=", 5),
}
OPENED: dict[str, tuple[str, float]] = {"page_seconds": ("<=", 2)}
SIMULATED: dict[str, tuple[str, float]] = {
    "coverage_least": (">=", 0.93),
    "coverage_most": ("<=", 0.97),
    "quantile_coverage": (">=", 0.93),
    "unchanged_passes": (">=", 0.95),
    "loss_stopped": (">=", 0.9),
}


def textbook_gate(loss: float) -> float:
    """How often an exact two-sided McNemar test at 0.05 finds the system worse, over every outcome."""
    worse_share = (DISCORDANT + loss) / 2 / DISCORDANT
    total = 0.0
    for differ in range(PAIRS + 1):
        worse = np.arange(differ + 1)
        stopped = (2 * stats.binom.sf(worse - 1, differ, 0.5) <= 0.05) & (2 * worse > differ)
        total += stats.binom.pmf(differ, PAIRS, DISCORDANT) * float(
            stats.binom.pmf(worse, differ, worse_share)[stopped].sum()
        )
    return total


def milliseconds() -> float:
    """Of one interval of 10,000 values; the middle of several."""
    values = np.random.default_rng(SEED).exponential(size=10_000)
    taken: list[float] = []
    for _ in range(5):
        began = time.perf_counter()
        mean_interval(values)
        taken.append(1000 * (time.perf_counter() - began))
    return sorted(taken)[2]


def main() -> int:
    """Measure, print, and say whether the bars were met."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    rounds = ROUNDS // 10 if quick else ROUNDS
    differences = largest_differences(max(rounds // 40, 10), SEED)
    print("differences", differences, flush=True)
    held = coverage(rounds, SEED)
    print("coverage", held, flush=True)
    unchanged = [gate_passes(rounds, SEED, loss=0.0, others=others) for others in (0, 4)]
    lost = [1 - gate_passes(rounds, SEED + 1, loss=LOSS, others=others) for others in (0, 4)]
    figures = {
        "difference_1e9": 1e9 * max(differences.values()),
        "coverage_least": min(held.values()),
        "coverage_most": max(held.values()),
        "quantile_coverage": quantile_coverage(rounds, SEED),
        "unchanged_passes": min(unchanged),
        "loss_stopped": min(lost),
        "interval_ms": milliseconds(),
    }
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as work:
        figures["case_ms"], log = overhead.podium(Path(work), CASES)
        page, _ = write_page(log)
        figures["page_mb"] = page.stat().st_size / 1e6
        opened = seconds_to_open(page, f"{CASES:,} runs")
    others = {
        "langsmith_ms": overhead.langsmith(CASES // 10),
        "pydantic_evals_ms": overhead.pydantic_evals(CASES),
    }
    figures["case_ratio"] = figures["case_ms"] / (others["langsmith_ms"] or 1.0)
    bars = BARS if quick else BARS | SIMULATED
    if opened is not None:
        figures["page_seconds"] = opened
        bars = bars | OPENED
    reference = {
        **{name: value for name, value in others.items() if value is not None},
        **{f"difference_1e9: {name}": 1e9 * value for name, value in differences.items()},
        **{f"coverage: {name}": value for name, value in held.items()},
        "unchanged_passes: exact two-sided test": 1 - textbook_gate(0.0),
        "loss_stopped: exact two-sided test": textbook_gate(LOSS),
    }
    return 0 if report("evals", figures, reference, bars) else 1


if __name__ == "__main__":
    sys.exit(main())
