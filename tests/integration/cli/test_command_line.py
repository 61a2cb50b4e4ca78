"""The command line as a user meets it: a process, its output and its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PODIUM = [sys.executable, "-c", "from podium.cli.main import main; main()"]


def podium(*arguments: str | bytes, folder: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*PODIUM, *arguments], cwd=folder, input=stdin, capture_output=True, check=False)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "podium.toml").write_text('[project]\nname = "demo"\n', encoding="utf-8")
    return tmp_path


def loaded_by(*arguments: str, folder: Path) -> set[str]:
    code = (
        "import sys\nfrom podium.cli.main import main\n"
        f"try: main({list(arguments)!r})\n"
        "except SystemExit: print('MODULES', ' '.join({m.partition('.')[0] for m in sys.modules}"
        " | {m for m in sys.modules if m.startswith('podium.')}))"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    return set(found.stdout.rpartition("MODULES")[2].split())


def test_the_version_needs_nothing_but_the_package(tmp_path: Path) -> None:
    assert podium("--version", folder=tmp_path).stdout.startswith(b"podium ")
    loaded = loaded_by("--version", folder=tmp_path)
    assert not loaded & {"typer", "click", "rich", "pydantic", "podium.core.errors"}


def test_help_loads_no_engine(tmp_path: Path) -> None:
    loaded = loaded_by("--help", folder=tmp_path)
    assert not loaded & {"pydantic", "langgraph", "rich", "podium.app.results"}


def test_reading_what_was_told_loads_no_engine(project: Path) -> None:
    loaded = loaded_by("notifications", "list", folder=project)
    assert "podium.app.notifications" in loaded
    assert not loaded & {"langgraph", "langchain_core", "httpx", "smtplib", "chromadb"}


def test_help_lists_the_commands_in_order(tmp_path: Path) -> None:
    shown = podium("--help", folder=tmp_path)
    names = [line.split()[0] for line in shown.stdout.decode().partition("Commands:")[2].splitlines() if line]
    assert names[:5] == ["dev", "serve", "ask", "chat", "resume"]
    assert shown.returncode == 0


def test_completion_finds_commands_without_loading_them(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "_PODIUM_COMPLETE": "complete_bash",
        "COMP_WORDS": "podium roll",
        "COMP_CWORD": "1",
    }
    found = subprocess.run(PODIUM, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert found.stdout.split() == [b"rollback"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nonsense"], "usage"),
        (["ask", "x", "--nonsense"], "usage"),
        (["search"], "usage"),
        (["ask", "x"], "project_not_found"),
        (["config", "show"], "project_not_found"),
        (["resume", "t", "--approve", "--reject"], "input_invalid"),
        (["resume", "t", "--edit", "{"], "input_invalid"),
        (["ask", b"\xff\xfe"], "input_invalid"),
    ],
)
def test_a_users_mistake_is_one_line_and_exit_code_2(
    tmp_path: Path, arguments: list[str | bytes], code: str
) -> None:
    ended = podium(*arguments, folder=tmp_path)
    assert ended.returncode == 2
    (line,) = ended.stderr.decode().splitlines()
    assert line.startswith(f"error[{code}]: ")
    assert ended.stdout == b""


def test_with_json_an_error_is_an_object_on_stderr(tmp_path: Path) -> None:
    ended = podium("threads", "list", "--json", folder=tmp_path)
    error = json.loads(ended.stderr)
    assert error["schema_version"] == 1
    assert error["error"]["code"] == "project_not_found"
    assert ended.stdout == b""


def test_piped_bytes_that_are_no_text_are_refused(project: Path) -> None:
    ended = podium("ask", "-", folder=project, stdin=b"\xff")
    assert (ended.returncode, ended.stderr[:20]) == (2, b"error[input_invalid]")


def test_a_fault_of_ours_is_one_line_and_a_file(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / ".podium" / "logs").mkdir(parents=True)
    code = (
        "import podium.app.doctor as d\ndef broken(*a, **k): raise ZeroDivisionError('oops')\n"
        "d.examine = broken\nfrom podium.cli.main import main; main(['doctor'])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert line.startswith("error[internal]: ZeroDivisionError: oops")
    log = project / ".podium" / "logs" / "podium-errors.log"
    assert "Traceback" in log.read_text(encoding="utf-8")


def test_rollback_asks_first(project: Path) -> None:
    thread = json.loads(podium("ask", "hello", "--json", folder=project).stdout)["thread_id"]
    points = json.loads(podium("threads", "history", thread, "--json", folder=project).stdout)["checkpoints"]
    to = points[-1]["checkpoint_id"]
    ended = podium("rollback", thread, "--to", to, folder=project)
    assert ended.returncode == 2
    assert b"--yes" in ended.stderr


def test_what_is_open_is_asked_about_and_decided_by_its_digest(project: Path) -> None:
    assert podium("reconcile", folder=project).stdout.strip() == b"Nothing is open."
    report = json.loads(podium("reconcile", "--json", folder=project).stdout)
    assert (report["schema_version"], report["settled"], report["waiting"]) == (1, [], [])
    half = podium("reconcile", "feed", folder=project)
    assert (half.returncode, b"belong together" in half.stderr) == (2, True)
    unknown = podium("reconcile", "feed", "--happened", folder=project)
    assert (unknown.returncode, b"no open action 'feed'" in unknown.stderr) == (2, True)


def test_a_conversation_is_copied_and_let_act(project: Path) -> None:
    thread = json.loads(podium("ask", "hello", "--json", folder=project).stdout)["thread_id"]
    copied = json.loads(podium("threads", "fork", thread, "--json", folder=project).stdout)
    assert copied["simulates"]
    copy = copied["thread_id"]
    said = json.loads(podium("threads", "show", copy, "--json", folder=project).stdout)["transcript"]
    assert said[0]["text"] == "hello"
    assert podium("threads", "live", copy, folder=project).returncode == 0
    assert podium("threads", "live", copy, folder=project).returncode == 2


@pytest.mark.parametrize("consent", [(), ("--yes",), ("--dry-run",)])
def test_rollback_of_an_unknown_thread_says_so_before_it_asks(
    project: Path, consent: tuple[str, ...]
) -> None:
    ended = podium("rollback", "t", "--to", "c", *consent, folder=project)
    assert ended.returncode == 2
    assert ended.stderr.startswith(b"error[not_found]")


def test_the_settings_are_one_object(project: Path) -> None:
    shown = json.loads(podium("config", "show", "--json", folder=project).stdout)
    assert shown["schema_version"] == 1
    assert shown["config"]["project"]["name"] == "demo"


def test_doctor_exits_by_what_it_finds(project: Path, tmp_path: Path) -> None:
    sound = podium("doctor", "--json", folder=project)
    assert json.loads(sound.stdout)["ok"] is (sound.returncode == 0)
    (project / "podium.toml").write_text("[", encoding="utf-8")
    assert podium("doctor", folder=project).returncode == 1


def test_a_reader_that_leaves_early_is_no_error(project: Path) -> None:
    with subprocess.Popen(
        [*PODIUM, "config", "show"], cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert b"Traceback" not in running.stderr.read()


def test_ctrl_c_is_a_cancelled_run(project: Path) -> None:
    code = (
        "import podium.app.doctor as d\ndef stopped(*a, **k): raise KeyboardInterrupt\n"
        "d.examine = stopped\nfrom podium.cli.main import main; main(['doctor'])"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("error[cancelled]: stopped by ctrl-c (")
