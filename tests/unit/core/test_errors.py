"""The exception tree: stable codes, exit codes, and a docstring that tells the truth."""

from __future__ import annotations

from podium.core import errors
from podium.core.errors import PodiumError


def tree() -> list[type[PodiumError]]:
    found, todo = [], [PodiumError]
    while todo:
        kind = todo.pop()
        found.append(kind)
        todo += kind.__subclasses__()
    return [kind for kind in found if kind.__module__ == errors.__name__]


def test_every_error_has_a_code_of_its_own() -> None:
    codes = [kind.code for kind in tree()]
    assert len(set(codes)) == len(codes)


def test_the_diagram_names_every_error() -> None:
    assert errors.__doc__ is not None
    assert [kind.__name__ for kind in tree() if kind.__name__ not in errors.__doc__] == []


def test_exit_codes_are_the_documented_ones() -> None:
    assert {kind.exit_code for kind in tree()} <= {1, 2, 3, 4, 5}


def test_an_error_is_one_json_object() -> None:
    error = errors.NotFound("no thread x", hint="List them.")
    assert error.as_dict() == {"code": "not_found", "message": "no thread x", "hint": "List them."}
