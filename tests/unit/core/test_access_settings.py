"""Servers that pages may talk to are named as browsers name them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from podium.core.settings import ServerSettings


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://Agents.Example", "https://agents.example"),
        ("http://localhost:8700", "http://localhost:8700"),
        ("http://127.0.0.1:1", "http://127.0.0.1:1"),
        ("http://[::1]:8600", "http://[::1]:8600"),
    ],
)
def test_an_origin_is_taken(written: str, meant: str) -> None:
    assert ServerSettings(ui_connect=(written,)).ui_connect == (meant,)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "*",
        "agents.example",
        "https://",
        "https://*.example",
        "https://agents.example/",
        "https://agents.example/path",
        "https://user@agents.example",
        "https://agents.example:0",
        "https://agents.example:65536",
        "https://agents.example; script-src *",
        "https://agents.example 'unsafe-inline'",
        "https://agents.example\n",
        "ws://agents.example",
        "file:///etc/passwd",
        "https://-agents.example",
    ],
)
def test_what_is_no_origin_is_refused(written: str) -> None:
    with pytest.raises(ValidationError, match="is no origin"):
        ServerSettings(ui_connect=(written,))
