from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from podium.evals.targets.templates import new_template

MAKE = "from podium.evals.targets.templates import new_template; print(new_template())"


def test_what_a_process_left_is_deleted_when_the_next_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    ended = subprocess.run([sys.executable, "-c", MAKE], capture_output=True, text=True, check=True)
    left = Path(ended.stdout.strip())
    assert left.is_dir()
    assert left.parent == tmp_path
    mine = new_template()
    assert not left.exists()
    assert new_template().is_dir()
    assert mine.is_dir()
