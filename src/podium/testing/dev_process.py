"""`podium dev` in a process of its own, as people start it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

_END_S: Final = 30.0


@contextmanager
def dev_process(folder: Path) -> Iterator[dict[str, Any]]:
    """Serve a project on a free port for as long as the block lasts.

    Args:
        folder: The project.

    Yields:
        What the server says of itself when it takes requests; its address is the `url`.

    Raises:
        RuntimeError: It does not start, or does not end in good order.
    """
    podium = Path(sys.executable).with_name("podium")
    command = [str(podium), "dev", "--no-reload", "--port", "0", "--json"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own
        try:
            line = server.stdout.readline() if server.stdout is not None else ""
            if not line:
                raise RuntimeError(f"podium dev has not started in {folder}")
            yield json.loads(line)
        finally:
            server.send_signal(signal.SIGTERM)
            code = server.wait(_END_S)
    if code != 0:
        raise RuntimeError(f"podium dev ended with exit code {code}")
