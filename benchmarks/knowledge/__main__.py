"""How well the knowledge base finds things, and how fast it embeds, on public collections.

- Cranfield, graded nDCG@10: at least that of plain rank fusion in the same run, less a hundredth.
- Chroma's chunking evaluation, the first five passages: recall and precision at once above those of windows
  of 800 characters under the same model.
- A document of 300,000 characters in one line: cut in at most three times the time of its half.

The public data is found through `PODIUM_DATA`. It takes about five minutes on two cores.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from benchmarks.knowledge import cranfield, one_line, spans
from benchmarks.report import not_here, report

NAME = "knowledge"


def main() -> int:
    """Run both parts; 1 when a bar was missed."""
    named = os.environ.get("PODIUM_DATA", "")
    data = Path(named) if named else Path(__file__).resolve().parents[3] / "shared" / "data"
    missing = [name for name in ("cranfield", "chunking_evaluation") if not (data / name).is_dir()]
    if missing:
        not_here(NAME, f"{', '.join(missing)} under PODIUM_DATA")
        return 0
    with tempfile.TemporaryDirectory() as work:
        figures, reference = cranfield.run(data / "cranfield", Path(work))
        more, windows = spans.run(data / "chunking_evaluation", Path(work))
    lines, linear = one_line.run()
    figures |= more | lines
    reference |= windows | linear
    bars = {
        "cranfield_ndcg10": (">=", reference["cranfield_ndcg10_rrf"] - 0.01),
        "spans_recall": (">=", reference["spans_recall_windows_800"]),
        "spans_precision": (">=", reference["spans_precision_windows_800"]),
        "one_line_growth": ("<=", 1.5 * reference["one_line_growth_linear"]),
    }
    return 0 if report(NAME, figures, reference, bars) else 1


if __name__ == "__main__":
    sys.exit(main())
