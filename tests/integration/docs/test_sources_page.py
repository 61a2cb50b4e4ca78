"""The page about sources is true: its files are written, its commands run, its outputs compared."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from podium.testing.command_line import CommandLine

BLOCK = re.compile(
    r"(?:^`(?P<file>[\w./]+)`(?P<more>, more)?:\n\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


def blocks(page: Path) -> Iterator[re.Match[str]]:
    return BLOCK.finditer(page.read_text(encoding="utf-8"))


def write(folder: Path, block: re.Match[str]) -> None:
    path = folder / block["file"]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a" if block["more"] else "w", encoding="utf-8") as file:
        file.write(f"\n{block['text']}" if block["more"] else block["text"])


def run(folder: Path, command: str, monkeypatch: pytest.MonkeyPatch) -> str:
    words = shlex.split(command)
    match words[0]:
        case "podium":
            ended = CommandLine(folder)(*words[1:])
            assert ended.code in (0, 3), ended.err
            return ended.out + ended.err
        case "export":
            monkeypatch.setenv(*words[1].split("=", 1))
        case "python":
            subprocess.run([sys.executable, *words[1:]], cwd=folder, check=True)
        case other:
            pytest.fail(f"the page runs {other!r}")
    return ""


@pytest.mark.filterwarnings("default")  # of libraries that the command loads
def test_every_example_does_what_the_page_says(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:/usr/bin:/bin")
    said, compared = "", 0
    for block in blocks(root / "docs" / "sources.md"):
        if block["file"]:
            write(tmp_path, block)
        elif block["kind"] == "sh":
            said = "".join(run(tmp_path, line, monkeypatch) for line in block["text"].splitlines())
        else:
            for line in block["text"].splitlines():
                assert line in said
                compared += 1
    assert compared == 6


def test_a_source_of_ones_own_is_short(root: Path) -> None:
    found = {block["file"]: block["text"] for block in blocks(root / "docs" / "sources.md")}
    assert len(found["knowledge/rates.py"].splitlines()) <= 25
    assert len(found["lighthouse.py"].splitlines()) <= 25
