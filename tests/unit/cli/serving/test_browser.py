"""When the UI is opened in a browser."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from podium.cli.serving import browser
from podium.cli.serving.plan import ServePlan
from podium.cli.serving.telling import Started, tell_started

SEEN = {"DISPLAY": ":0"}
STARTED = Started("demo", "http://127.0.0.1:8600", ["one"], [], [], 1.0, dev=True)


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)


@pytest.mark.parametrize(
    ("environ", "platform", "shown"),
    [
        (SEEN, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "linux", False),
        ({}, "darwin", True),
        ({}, "win32", True),
        ({"SSH_CONNECTION": "1"}, "darwin", False),
        ({**SEEN, "CI": "true"}, "linux", False),
        ({**SEEN, "BROWSER": "none"}, "linux", False),
    ],
)
def test_it_is_opened_where_somebody_can_see_it(environ: dict[str, str], platform: str, shown: bool) -> None:
    assert browser.can_show(environ, platform) is shown


def test_it_is_not_opened_where_no_person_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False)
    assert not browser.can_show(SEEN, "linux")


@pytest.mark.parametrize(
    ("wanted", "again", "opened"), [(True, False, 1), (True, True, 0), (False, False, 0)]
)
def test_it_is_opened_once(
    wanted: bool, again: bool, opened: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(browser, "show", shown.append)
    tell_started(STARTED, plan=ServePlan(tmp_path, "127.0.0.1", 8600, dev=True, browser=wanted), again=again)
    assert shown == ["http://127.0.0.1:8600/ui/"] * opened
