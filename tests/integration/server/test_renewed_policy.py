"""A policy that changes while the server runs holds from the next run on."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import httpx

from podium.testing.server import served

MANIFEST = '[project]\nname = "post"\n\n[policy]\nfiles = ["policy.yaml"]\n'
POLICY = """
rules:
  - name: house
    validator: checks.py:check
    stages: [input]
    on_fail: refuse
    reason: {reason}
"""
CHECK = """
from podium.guardrails.finding import Finding


def check(text, context):
    return [Finding("not said here")] if "plum" in text else []
"""


def answer(client: httpx.Client) -> str:
    """What the graph says to a word that the policy refuses."""
    body: dict[str, Any] = {
        "assistant_id": "post",
        "input": {"messages": [{"role": "user", "content": "plum"}]},
    }
    ended = client.post("/runs/wait", json=body)
    return str(ended.json())


def test_an_edited_policy_holds_from_the_next_run_on_and_a_broken_one_refuses_it(tmp_path: Path) -> None:
    (tmp_path / "podium.toml").write_text(MANIFEST)
    (tmp_path / "checks.py").write_text(CHECK)
    policy = tmp_path / "policy.yaml"

    def write(text: str, moment: int) -> None:
        policy.write_text(text)
        os.utime(policy, ns=(moment, moment))

    write(POLICY.format(reason="The first reason."), 1_000_000_000)
    with served(tmp_path) as server:
        client = server.client()
        assert "The first reason." in answer(client)
        write(POLICY.format(reason="The second reason."), 2_000_000_000)
        assert "The second reason." in answer(client)
        write("rules:\n  - nam: house\n", 3_000_000_000)
        assert "policy.yaml" in answer(client)
        write(POLICY.format(reason="The third reason."), 4_000_000_000)
        assert "The third reason." in answer(client)
