"""How large the page of a run is, and how fast a browser opens it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from podium.evals.report.build import build_report
from podium.evals.report.page import page_of

QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
)


def write_page(log: Path) -> tuple[Path, float]:
    """The page of a log, and the seconds that making it takes."""
    began = time.perf_counter()
    page = log.with_suffix(".html")
    page.write_text(page_of(build_report(log)), encoding="utf-8")
    return page, time.perf_counter() - began


def seconds_to_open(page: Path, told: str) -> float | None:
    """Seconds until Chromium, started anew, has shown a text that the page's script writes.

    Args:
        page: The file.
        told: The text.

    Returns:
        None where there is no Chromium.
    """
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        return None
    with tempfile.TemporaryDirectory() as home:
        began = time.perf_counter()
        done = subprocess.run(
            [chromium, *QUIET, f"--user-data-dir={home}", "--dump-dom", page.as_uri()],
            capture_output=True,
            text=True,
            check=False,
        )
        taken = time.perf_counter() - began
    assert told in done.stdout, done.stderr[-500:]
    return taken
