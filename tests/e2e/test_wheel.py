"""The wheel in a clean environment: it stands on what it declares, and works from another folder.

The environment holds the wheel, installed by pip from a local wheelhouse, and links to the distributions
that its metadata requires, taken from the environment of the tests: two gigabytes are not copied for a test.
What the metadata forgets is not there, and neither are this repository and its tools.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
import zipfile
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

MANIFEST = '[project]\nname = "letters"\n[knowledge.collections.letters]\npaths = ["letters"]\n'
LETTER = "# Opening hours\n\nThe observatory is open to visitors from 19:30 until midnight on clear nights.\n"
STARTER = "podium/templates/support-desk/"
TOOLS_OF_THE_REPOSITORY = ("pytest", "mypy", "ruff", "hatchling", "hypothesis")


def run(*command: str | Path, folder: Path) -> str:
    """What a command says; it must end well."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_"))}
    clean["PYTHONPATH"] = os.environ["PYTHONPATH"].split(os.pathsep)[0]
    ended = subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def required(name: str) -> dict[str, Distribution]:
    """All distributions that one needs to run, by their normalised names, without itself."""
    found: dict[str, Distribution] = {}
    waiting = [(name, "")]
    seen = set(waiting)
    while waiting:
        wanted, extra = waiting.pop()
        known = distribution(wanted)
        found[wanted] = known
        for line in known.requires or ():
            need = Requirement(line)
            if need.marker is None or need.marker.evaluate({"extra": extra}):
                key = re.sub(r"[-_.]+", "-", need.name).lower()
                new = {(key, chosen) for chosen in ("", *need.extras)} - seen
                seen |= new
                waiting += sorted(new)
    del found[name]
    return found


def link(distributions: dict[str, Distribution], folder: Path) -> None:
    """Link everything that the distributions installed side by side into a folder."""
    for known in distributions.values():
        tops = {file.parts[0] for file in known.files or () if file.parts[0] not in ("..", "__pycache__")}
        for top in tops:
            if not (folder / top).exists():
                (folder / top).symlink_to(Path(str(known.locate_file(top))))


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the working tree, without a connection."""
    house = tmp_path_factory.mktemp("wheelhouse")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(house)]
    subprocess.run(build, cwd=root, check=True, capture_output=True)
    (built,) = house.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def binaries(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of commands of a clean environment with the wheel in it."""
    home = tmp_path_factory.mktemp("clean") / "venv"
    venv.create(home, with_pip=False)
    (packages,) = home.glob("lib/python*/site-packages")
    linked = home / "linked"
    linked.mkdir()
    link(required("podium-agents"), linked)
    (packages / "linked.pth").write_text(f"{linked}\n", encoding="utf-8")
    # Without --no-deps: pip itself finds every requirement fulfilled, or refuses.
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "--python", str(home / "bin" / "python"), "--isolated", "install"),
            *("--no-index", "--find-links", str(wheel.parent), "--quiet", "podium-agents"),
        ],
        check=True,
        capture_output=True,
    )
    return home / "bin"


def test_the_wheel_holds_the_engine_and_nothing_of_the_repository(wheel: Path, root: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    engine = {
        f"podium/{file.relative_to(root / 'src' / 'podium').as_posix()}"
        for file in (root / "src" / "podium").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    shipped = {name for name in names if not name.startswith(("podium_agents-", STARTER))}
    assert shipped == engine
    for needed in (
        "py.typed",
        "agents/default_prompts/planner.md",
        "server/bundle/index.html",
        "server/pages/docs.html",
        "storage/migrations/script.py.mako",
    ):
        assert f"podium/{needed}" in names


def test_the_environment_holds_no_part_of_this_repository(binaries: Path, tmp_path: Path) -> None:
    where = run(binaries / "python", "-c", "import podium; print(podium.__file__)", folder=tmp_path)
    assert Path(where.strip()).is_relative_to(binaries.parent / "lib")
    code = f"import importlib.util as u; print([t for t in {TOOLS_OF_THE_REPOSITORY!r} if u.find_spec(t)])"
    assert run(binaries / "python", "-c", code, folder=tmp_path).strip() == "[]"


def test_the_wheel_reads_documents_and_answers_from_another_folder(binaries: Path, tmp_path: Path) -> None:
    (tmp_path / "podium.toml").write_text(MANIFEST, encoding="utf-8")
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "hours.md").write_text(LETTER, encoding="utf-8")
    report = json.loads(run(binaries / "podium", "ingest", "--json", folder=tmp_path))
    assert len(report["added"]) == 1
    asked = ("ask", "When is the observatory open to visitors?", "--json")
    reply = json.loads(run(binaries / "podium", *asked, folder=tmp_path))
    assert reply["status"] == "completed"
    assert "19:30 until midnight" in reply["answer"]
    assert [citation["source"] for citation in reply["citations"]] == ["hours.md"]


def test_the_wheel_starts_the_reference_project(binaries: Path, tmp_path: Path, root: Path) -> None:
    run(binaries / "podium", "new", "desk", folder=tmp_path)
    for folder in ("agents", "graphs", "tools", "knowledge", "guardrails", "evals"):
        wanted = {
            file.relative_to(root / folder): file.read_bytes()
            for file in (root / folder).rglob("*")
            if file.is_file() and "__pycache__" not in file.parts
        }
        copied = tmp_path / "desk" / folder
        assert {
            file.relative_to(copied): file.read_bytes() for file in copied.rglob("*") if file.is_file()
        } == wanted
    asked = ("ask", "How long does a card refund take?", "--json")
    reply = json.loads(run(binaries / "podium", *asked, folder=tmp_path / "desk"))
    assert reply["status"] == "completed"
    assert "3 to 5 working days" in reply["answer"]
