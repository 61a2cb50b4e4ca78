"""A project whose files are missing or broken: file, line, and what was expected."""

from __future__ import annotations

import pytest

from podium.testing.command_line import CommandLine

HEAD = '[project]\nname = "a"\n'
POLICY = "guardrails/policy.yaml"
RULE = "rules:\n  - name: own\n    validator: {}\n    stages: [input]\n    on_fail: refuse\n"


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("podium.toml", "[project\nname = 1", "podium.toml:1: not valid TOML"),
        ("podium.toml", HEAD + "description = 'x", "podium.toml:3: not valid TOML"),
        ("podium.toml", "", "podium.toml:1: project: it is missing"),
        ("podium.toml", b"[project]\nname = '\xff'\n", "podium.toml:2: not UTF-8"),
        (
            "podium.toml",
            '[project]\nname = "two words"\n',
            "podium.toml:2: project.name: String should match",
        ),
        ("podium.toml", HEAD + "[models]\nplaner = 'offline'\n", "podium.toml:4: models.planer: there is no"),
        (
            "podium.toml",
            HEAD + "[budget]\nsteps = -1\n",
            "podium.toml:4: budget.steps: Input should be greater",
        ),
        ("podium.toml", HEAD + "[models]\ndefault = 'nope'\n", "there is no model 'nope'"),
        ("podium.toml", HEAD + "[policy]\nfiles = ['nope.yaml']\n", "there is no policy at"),
        ("podium.toml", HEAD + "[policy]\nfiles = ['tools']\n", "cannot be read"),
        ("podium.toml", HEAD + "[agents]\npath = 'nope'\n", "there is no folder"),
        ("podium.toml", HEAD + "[tools]\npaths = ['nope.py']\n", "nope.py is not there"),
        ("podium.toml", HEAD + "[tools]\nworld = 'tools/faulty.py'\n", "there is no function open_world"),
        ("podium.toml", HEAD + "[graphs]\ng = 'nope.py:g'\n", "there is no graph file"),
        ("podium.toml", HEAD + "[graphs]\ng = 'tools/world.py:g'\n", "world.py has no 'g'"),
        ("podium.toml", HEAD + "[graphs]\ng = 'tools/world.py'\n", "is not 'file.py:factory'"),
        (POLICY, "rules: [\n  - a", "policy.yaml:2: not valid YAML"),
        (POLICY, b"a: 1\n# \xff\n", "policy.yaml:2: not UTF-8"),
        (POLICY, "- a\n", "policy.yaml:1: expected settings by name, found a list"),
        (POLICY, "schema_version: 99\n", "policy.yaml:1: schema_version: Input should be 1, found 99"),
        (
            POLICY,
            "colour: red\n",
            "policy.yaml:1: colour: there is no such setting (There are: schema_version",
        ),
        (POLICY, "effects:\n  reed: { approval: person }\n", "policy.yaml:2: effects.reed"),
        (POLICY, "tools:\n  nope: { approval: person }\n", "policy.yaml:2: tools.nope: no tool is called so"),
        (POLICY, RULE.format("nope"), "policy.yaml:2: rule 'own': 'nope' is no validator"),
        (POLICY, RULE.format("nope.py:X"), "policy.yaml:2: rule 'own': there is no file nope.py"),
        (POLICY, RULE.format("tools/world.py:X"), "rule 'own': tools/world.py has no validator 'X'"),
        (POLICY, "calibration: c.json\n", None),
        ("agents/planner.md", "no front matter", "planner.md:1: it does not begin with front matter"),
        ("agents/planner.md", "---\nversion: '1'\n", "planner.md:1: its front matter is not closed"),
        ("agents/planner.md", "---\nversion: '1'\noutput: Pla\n---\nx", "planner.md:3: output is 'Pla'"),
        (
            "agents/planner.md",
            "---\nversion: '1'\n: : [\n---\nx",
            "planner.md:3: the front matter is not valid",
        ),
        ("agents/planner.md", b"---\n\xff", "planner.md:2: it is not UTF-8"),
        ("agents/painter.md", "---\n---\n", "there is no role 'painter'"),
        ("agents/more.py", "x = 1\nraise ValueError('no')\n", "more.py:2: ValueError: no"),
        ("agents/more.py", "def f(\n", "more.py:1: SyntaxError"),
        ("agents/more.py", "raise SystemExit(0)\n", "more.py:1: SystemExit"),
        ("tools/faulty.py", "import nothing_there\n", "faulty.py:1: ModuleNotFoundError"),
        ("tools/faulty.py", "def f(\n", "faulty.py:1: SyntaxError"),
        ("tools/faulty.py", "\n\nraise SystemExit(0)\n", "faulty.py:3: SystemExit"),
    ],
)
def test_the_file_and_the_line_are_named(
    podium: CommandLine, file: str, text: str | bytes, expected: str | None
) -> None:
    path = podium.folder / file
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    ended = podium("ask", "hi")
    if expected is None:  # a calibration that is not fitted yet is no fault
        assert (ended.code, ended.err) == (0, "")
        return
    assert ended.code == 2
    assert ended.error() in ("config_invalid", "unknown_name")
    assert expected in ended.err


@pytest.mark.parametrize("text", ["{nope", "{}", "[]", '{"method": "isotonic", "x": [], "y": []}'])
def test_a_broken_calibration(podium: CommandLine, text: str) -> None:
    with (podium.folder / POLICY).open("a") as policy:
        policy.write("\ncalibration: calibration.json\n")
    (podium.folder / "guardrails" / "calibration.json").write_text(text)
    ended = podium("ask", "hi")
    assert (ended.code, ended.error()) == (2, "config_invalid")
    assert "calibration.json" in ended.err


@pytest.mark.parametrize(
    "setting",
    [
        "[policy]\nfiles = ['../outside.yaml']\n",
        "[tools]\npaths = ['../../outside']\n",
        "[tools]\nworld = '/etc/outside.py'\n",
        "[agents]\npath = '..'\n",
        "[graphs]\ng = '../outside.py:g'\n",
        "[storage]\npath = '../outside'\n",
        "[knowledge.collections.c]\npaths = ['..']\n",
    ],
)
def test_no_path_of_the_manifest_leads_out_of_the_project(podium: CommandLine, setting: str) -> None:
    (podium.folder / "podium.toml").write_text(HEAD + setting)
    ended = podium("ingest", "--json") if "knowledge" in setting else podium("ask", "hi")
    assert ended.code == 2
    assert "outside the project" in ended.err
    assert not (podium.folder.parent / "outside").exists()


def test_a_link_to_a_file_outside_is_not_followed(podium: CommandLine) -> None:
    outside = podium.folder.parent / "outside.yaml"
    outside.write_text("schema_version: 1\n")
    (podium.folder / POLICY).unlink()
    (podium.folder / POLICY).symlink_to(outside)
    ended = podium("ask", "hi")
    assert (ended.code, ended.error()) == (2, "config_invalid")


def test_a_validator_outside_the_project_is_not_loaded(podium: CommandLine) -> None:
    (podium.folder.parent / "outside.py").write_text("def check(value, context):\n    return []\n")
    (podium.folder / POLICY).write_text(RULE.format("../outside.py:check"))
    ended = podium("ask", "hi")
    assert (ended.code, ended.error()) == (2, "config_invalid")
    assert "outside the project" in ended.err
