"""The page about embedding is true: its files are written, its programs run, its outputs compared."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from podium.testing.command_line import CommandLine
from podium.testing.story import Command, File, Program, Story, steps

pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.filterwarnings("default"),  # of libraries that the command loads
]

MOST_LINES = 25
PRINTED = re.compile(
    r"^```python\n(?P<code>(?:(?!```).*\n)*)```\n\n```text\n(?P<said>(?:(?!```).*\n)*)```", re.MULTILINE
)


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs" / "embedding.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def told(page: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a reader who did what the page says, each step checked."""
    folder = here = tmp_path_factory.mktemp("reader")
    printed = {found["code"]: found["said"] for found in PRINTED.finditer(page)}
    story = Story()
    for step in steps(page):
        match step:
            case File():
                path = folder / step.path
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(step.text, encoding="utf-8")
            case Program():
                done = subprocess.run(
                    [sys.executable, "-W", "error::ResourceWarning:__main__", "-c", step.text],
                    cwd=folder,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                assert (done.stdout, done.returncode) == (printed.pop(step.text), 0), done.stderr
            case Command():
                program, *arguments = story.words(step.shown)
                if program == "cd":
                    here = (here / arguments[0]).resolve()
                    continue
                ended = CommandLine(here)(*arguments)
                assert ended.code == 0, ended.err
                assert story.agrees(step.output, ended.out), f"$ {step.shown}\n{ended.out}"
    assert not printed
    return folder


def test_every_program_does_what_the_page_says(told: Path) -> None:
    assert (told / "office.db").exists()


def test_every_example_is_short(page: str) -> None:
    for step in steps(page):
        if isinstance(step, File | Program):
            lines = [line for line in step.text.splitlines() if line.strip()]
            assert len(lines) <= MOST_LINES, step.text


def test_the_web_service_asks_waits_and_goes_on(told: Path) -> None:
    with served(told) as client:
        answer = client.post("/ask", params={"text": "How many nights may a boat stay at the quay?"}).json()
        assert answer["answer"].startswith("A boat may stay at the quay for fourteen nights.")
        waiting = client.post("/ask", params={"text": "Book a berth for boat Lyra for 4 nights"}).json()
        assert (waiting["status"], waiting["actions"][0]["tool"]) == ("interrupted", "book_berth")
        place = f"/threads/{waiting['thread_id']}/decision"
        done = client.post(place, json={"kind": "approve"}).json()
        assert (done["status"], done["actions"][0]["status"]) == ("completed", "succeeded")
        again = client.post(place, json={"kind": "approve"})
        assert (again.status_code, again.json()["code"]) == (409, "not_found")


def test_the_validator_takes_out_what_it_should(told: Path) -> None:
    said: dict[str, Any] = CommandLine(told / "harbour")("ask", "Where is 54.3N at the quay?", "--json").json
    shown = CommandLine(told / "harbour")("threads", "show", str(said["thread_id"])).out
    assert "[position]" in shown
    assert "54.3N" not in shown


@contextmanager
def served(folder: Path) -> Iterator[httpx.Client]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "office:office",
        "--port",
        str(port),
        "--log-level",
        "warning",
    ]
    server = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as client:
            _wait_for(client, server)
            yield client
    finally:
        server.terminate()
        _, complaints = server.communicate(timeout=30)
        assert b"Traceback" not in complaints, complaints.decode()


def _wait_for(client: httpx.Client, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < deadline:
        try:
            client.get("/openapi.json")
        except httpx.ConnectError:
            continue
        return
    raise AssertionError("the service did not start")
