"""How the project stands, over HTTP: for its admins alone."""

from __future__ import annotations

from podium.testing.server import Callers


def test_the_status_is_for_those_who_run_the_project(desk: Callers) -> None:
    thread = desk.ask(desk.ada, "support_desk", "Refund order O-10007, please")
    assert desk.waiting(desk.ada, thread)
    found = desk.admin.get("/podium/v1/status")
    assert found.status_code == 200
    said = found.json()
    assert said["server"] == {"up": True, "ready": True}
    assert said["people"]["waiting_threads"] == 1
    assert said["audit_records"] > 0
    for other in (desk.ada, desk.stranger):
        assert other.get("/podium/v1/status").status_code == 403
