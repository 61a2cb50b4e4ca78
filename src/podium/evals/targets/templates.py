"""The folder that trials are copied from: its name says whose it is, so that a killed run leaves nothing."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import gettempdir, mkdtemp

from podium.storage.leases import is_alive, this_process

PREFIX = "podium-eval-template~"


def new_template() -> Path:
    """A new folder of this process; those of processes that have ended are deleted."""
    for left in Path(gettempdir()).glob(f"{PREFIX}*~*"):
        holder = left.name.removeprefix(PREFIX).partition("~")[0].replace("+", ":")
        if not is_alive(holder):
            shutil.rmtree(left, ignore_errors=True)
    return Path(mkdtemp(prefix=f"{PREFIX}{this_process().replace(':', '+')}~"))
