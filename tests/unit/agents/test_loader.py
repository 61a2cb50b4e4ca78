"""Custom agents in Python."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from podium.agents.loader import load_agents
from podium.core.errors import ConfigError
from podium.testing.scripted import ScriptedAgents

CRITIC = """from podium.agents.declared import agent

@agent(role="critic")
class Careful:
    def __init__(self, default):
        self.default = default

    async def critique(self, request):
        return await self.default.critique(request)
"""


def test_a_custom_agent_is_given_the_default_one(tmp_path: Path) -> None:
    (tmp_path / "careful.py").write_text(CRITIC)
    default = ScriptedAgents()
    work: Any = load_agents(tmp_path).roles["critic"].build(default).work
    assert work.__self__.default is default


def test_a_folder_that_is_not_there_holds_none(tmp_path: Path) -> None:
    assert load_agents(tmp_path / "none").roles == {}


@pytest.mark.parametrize(
    ("code", "where"),
    [
        ("x = 1\nraise RuntimeError('no')\n", ":2: RuntimeError"),
        ("def broken(:\n", ":1: SyntaxError"),
        (CRITIC.replace("async def critique", "async def judge"), ":3: Careful has no"),
        (CRITIC.replace('"critic"', '"cook"'), ":3: there is no role 'cook'"),
    ],
)
def test_a_broken_file_is_named_by_file_and_line(tmp_path: Path, code: str, where: str) -> None:
    (tmp_path / "careful.py").write_text(code)
    with pytest.raises(ConfigError) as caught:
        load_agents(tmp_path)
    assert f"careful.py{where}" in caught.value.message


def test_a_role_has_one_custom_agent(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(CRITIC)
    (tmp_path / "b.py").write_text(CRITIC)
    with pytest.raises(ConfigError, match="already has an agent"):
        load_agents(tmp_path)
