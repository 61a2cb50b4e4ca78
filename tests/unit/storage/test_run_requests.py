"""What is known of a requested run: for whom it is carried out, and what clients are told of it."""

from __future__ import annotations

from podium.core.principal import Principal, is_owner
from podium.runtime.serving.input import config_of
from podium.storage.run_requests import ROLES, RunRequest


def test_a_run_is_carried_out_with_the_roles_of_who_asked() -> None:
    run = RunRequest(
        "r", "t", "g", tenant="acme", owner="local:ada", kwargs={ROLES: ["approver"], "input": 1}
    )
    principal = config_of(run)["configurable"]["podium_principal"]
    assert principal == Principal("local:ada", "acme", frozenset({"approver"}))
    assert not is_owner(principal)
    assert run.told_kwargs == {"input": 1}


def test_the_user_of_the_machine_stays_who_they_are() -> None:
    run = RunRequest("r", "t", "g", tenant="default", owner="local:ada")
    assert is_owner(run.principal)


def test_a_client_cannot_name_a_principal() -> None:
    configurable = {"podium_principal": "local:ada", "podium_roles": ["admin"]}
    run = RunRequest(
        "r", "t", "g", tenant="acme", owner="key:ci", kwargs={"config": {"configurable": configurable}}
    )
    told = config_of(run)["configurable"]
    assert told["podium_principal"] == Principal("key:ci", "acme")
    assert "podium_roles" not in told
