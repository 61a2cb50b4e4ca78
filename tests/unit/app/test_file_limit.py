"""The limit of open files, and raising it."""

from __future__ import annotations

import subprocess
import sys

from podium.app.file_limit import FileLimit

RAISED = """
import resource
from podium.app.file_limit import file_limit, raise_file_limit
_, most = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (256, most))
before = file_limit()
raise_file_limit()
print(file_limit().now == before.reachable > 256)
"""


def test_what_is_reachable_is_bounded_on_both_sides() -> None:
    assert FileLimit(1_024, 4_096).reachable == 4_096
    assert FileLimit(1_024, 10**9).reachable == 65_536
    assert FileLimit(10**6, 10**9).reachable == 10**6


def test_a_process_raises_its_own_limit() -> None:
    done = subprocess.run([sys.executable, "-c", RAISED], capture_output=True, text=True, check=False)
    assert done.stdout == "True\n", done.stderr
