from __future__ import annotations

import subprocess
import sys
import threading
from importlib import import_module

import pytest

from podium.core.late_imports import without

PUT_OFF = """
import sys
from podium.core.late_imports import put_off_grammars

put_off_grammars()
from jsonschema import Draft202012Validator
formats = Draft202012Validator.FORMAT_CHECKER
assert formats.conforms("https://example.org/", "uri")
assert "lark" not in sys.modules
assert formats.conforms("https://example.org/\u00e9", "iri")
assert not formats.conforms("http://[", "iri")
assert "lark" in sys.modules

import rfc3987_syntax
from rfc3987_syntax import is_valid_syntax, parse
assert is_valid_syntax("iri", "https://example.org/")
assert parse("iri", "https://example.org/").data == "iri"
assert not hasattr(rfc3987_syntax, "nonsense")
put_off_grammars()
assert sys.modules["rfc3987_syntax"] is rfc3987_syntax
"""


def test_grammars_are_built_when_somebody_asks_about_an_iri() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PUT_OFF], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_package_is_away_for_one_thread_and_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "this", raising=False)
    elsewhere: list[object] = []
    with without("this"):
        with pytest.raises(ModuleNotFoundError):
            import_module("this")
        other = threading.Thread(target=lambda: elsewhere.append(import_module("this")))
        other.start()
        other.join()
    assert elsewhere == [import_module("this")]
