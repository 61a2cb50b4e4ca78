"""The JSON Schemas of suites and cases, made from the models that read them."""

from __future__ import annotations

from typing import Any

from podium.evals.case import Case
from podium.evals.suite import Suite

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def suite_schema() -> dict[str, Any]:
    """The schema of `evals/NAME.yaml`."""
    return {"$schema": DIALECT, **Suite.model_json_schema()}


def case_schema() -> dict[str, Any]:
    """The schema of one line of a file of cases."""
    return {"$schema": DIALECT, **Case.model_json_schema()}
