"""LangGraph's JavaScript client and React's useStream under Node, against a real server."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from podium.testing.server import served

FOLDER = Path(__file__).with_name("js")
GRAPHS = Path(__file__).parents[1] / "integration" / "server" / "project"
NODE, NPM = shutil.which("node"), shutil.which("npm")
UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ENETUNREACH", "ERR_SOCKET_TIMEOUT")
"""What npm says on a machine without a network."""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(500),
    pytest.mark.skipif(NODE is None or NPM is None, reason="Node and npm are not installed"),
]


@pytest.fixture(scope="module")
def packages() -> None:
    """The packages of the lock file, in a folder that git ignores."""
    lock, done = FOLDER / "package-lock.json", FOLDER / "node_modules" / ".package-lock.json"
    if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
        command = [str(NPM), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
        installed = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=False)
        if any(code in installed.stderr for code in UNREACHABLE):
            pytest.skip("no registry of npm packages can be reached from this machine")
        assert installed.returncode == 0, installed.stderr


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = shutil.copytree(GRAPHS, tmp_path_factory.mktemp("js") / "project")
    with served(folder) as server:
        yield server.url


@pytest.mark.usefixtures("packages")
@pytest.mark.parametrize("file", ["client.test.mjs", "use_stream.test.mjs"])
def test_stock_javascript_works(file: str, url: str) -> None:
    done = subprocess.run(
        [str(NODE), "--test", file],
        cwd=FOLDER,
        env={**os.environ, "PODIUM_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
