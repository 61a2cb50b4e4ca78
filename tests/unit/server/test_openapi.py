"""The OpenAPI document tells of keys, scopes and refusals on every route."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from podium.server.application import create_app
from podium.server.scopes import OPEN
from podium.server.services import open_services


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    app = create_app(lambda: open_services(Path(), dev=False))
    assert app.openapi() is app.openapi()
    return app.openapi()


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_route_says_who_may_ask(document: dict[str, Any]) -> None:
    schemes = set(document["components"]["securitySchemes"])
    for _, path, operation in operations(document):
        named = {name for one in operation.get("security", ()) for name in one}
        assert named == (set() if path in OPEN else schemes), path
        assert ("401" in operation["responses"]) == (path not in OPEN)
        assert ("x-podium-scope" in operation) == (path not in OPEN)


def test_every_refusal_has_the_form_of_errors(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        for status, response in operation["responses"].items():
            if not status.startswith("4"):
                continue
            reference = response["content"]["application/json"]["schema"]["$ref"]
            schema = document["components"]["schemas"][reference.rpartition("/")[2]]
            assert {"detail", "code"} <= set(schema["required"]), (method, path, status)


def test_what_makes_something_can_be_tried_again(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        names = [one["name"] for one in operation.get("parameters", ())]
        changes = operation.get("x-podium-scope") != "read" and not path.endswith("/preview")
        makes = method == "post" and changes and path != "/podium/v1/keys"
        assert names.count("Idempotency-Key") == int(makes), path


def test_every_answer_of_ours_has_a_form(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        if not path.startswith("/podium/v1"):
            continue
        (good,) = [status for status in operation["responses"] if status.startswith("2")]
        content = operation["responses"][good]["content"]
        if "application/json" in content:
            assert content["application/json"]["schema"].get("$ref"), (method, path)
