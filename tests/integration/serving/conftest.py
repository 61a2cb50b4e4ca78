"""A run service on the test's database."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path

import pytest

from podium.testing.run_desk import RunDesk, run_desk


@pytest.fixture
def serve(tmp_path: Path) -> Callable[..., AbstractAsyncContextManager[RunDesk]]:
    """Opens a run service on the test's database."""
    return partial(run_desk, tmp_path / "podium.db")
