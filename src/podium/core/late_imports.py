"""Libraries that other libraries import at once and hardly ever use: loaded when they are used.

`jsonschema` takes `rfc3987_syntax`, where that is installed, for the one question whether a text is an IRI.
Importing it builds the parsers of a whole grammar, which costs each process more than the rest of an answer.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.machinery import ModuleSpec, PathFinder
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import module_from_spec
from types import ModuleType
from typing import Any, Final

_GRAMMARS: Final = "rfc3987_syntax"
_PARSERS: Final = f"{_GRAMMARS}.syntax_helpers"


class Later(ModuleType):
    """Stands in the place of a module, which is imported when one of its names is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what the import system and inspectors ask of every module
            raise AttributeError(name)
        return getattr(import_module(self.__name__), name)


def is_installed(package: str) -> bool:
    """Whether a distribution is installed, without importing anything of it."""
    try:
        distribution(package)
    except PackageNotFoundError:
        return False
    return True


def put_off_grammars() -> None:
    """Let `jsonschema`, imported afterwards, build the grammars of IRIs when it is asked about one.

    What the package offers is the same as ever, a moment later; where it is loaded already or is not
    installed, nothing changes.
    """
    if _GRAMMARS in sys.modules or (spec := PathFinder.find_spec(_GRAMMARS)) is None:
        return
    package, parsers = module_from_spec(spec), Later(_PARSERS)

    def is_valid_syntax(term: str, value: str) -> bool:
        return bool(parsers.is_valid_syntax(term, value))

    package.__dict__.update(is_valid_syntax=is_valid_syntax, __getattr__=parsers.__getattr__)
    sys.modules.setdefault(_GRAMMARS, package)


@contextmanager
def without(name: str) -> Iterator[None]:
    """For this thread, while the block lasts, a package that is not imported yet is not installed.

    Args:
        name: The package.
    """
    hidden = _Hidden(name)
    sys.meta_path.insert(0, hidden)
    try:
        yield
    finally:
        sys.meta_path.remove(hidden)


class _Hidden:
    def __init__(self, name: str) -> None:
        self._name = name
        self._thread = threading.get_ident()

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        del path, target
        if fullname == self._name and threading.get_ident() == self._thread:
            raise ModuleNotFoundError(f"No module named {fullname!r} here", name=fullname)
        return None
