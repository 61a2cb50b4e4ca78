"""Requests and JSON are read, or refused in one sentence."""

from __future__ import annotations

import io
import sys

import pytest

from podium.cli.reading import json_object, request_text
from podium.core.errors import InputError


def pipe(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))


@pytest.mark.parametrize("given", ["-", None])
def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch, given: str | None) -> None:
    pipe(monkeypatch, b"wie lange?\n")
    assert request_text(given) == "wie lange?"


def test_an_argument_wins_over_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, b"piped")
    assert request_text("given") == "given"


def test_bytes_that_are_no_utf8_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, b"ab\xff")
    with pytest.raises(InputError, match="byte 2"):
        request_text("-")


def test_an_edit_is_a_json_object() -> None:
    assert json_object('{"amount": 10}', "--edit") == {"amount": 10}


@pytest.mark.parametrize("text", ["{", "[1]", "3", ""])
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InputError) as caught:
        json_object(text, "--edit")
    assert "amount" in caught.value.hint
