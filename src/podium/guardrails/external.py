"""Validators that a policy names by where they are: guardrails-ai classes, plain functions, own classes."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import threading
import traceback
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path
from types import ModuleType
from typing import Any

from podium.core.errors import ConfigError, GuardrailError
from podium.core.ids import digest_of
from podium.core.loading import Uncached
from podium.core.model import JsonValue
from podium.guardrails.finding import CheckContext, Finding
from podium.guardrails.quiet import import_guardrails
from podium.guardrails.redaction import redact
from podium.guardrails.validator import Validator, function_validator


class GuardrailsValidator:
    """A guardrails-ai validator object, called directly; no `Guard` is ever built."""

    def __init__(self, name: str, inner: Any) -> None:
        """Wrap a validator object.

        Args:
            name: What the policy calls it.
            inner: An instance of a `guardrails.Validator` subclass.
        """
        self.name = name
        self._inner = inner

    def check(self, value: str, context: CheckContext) -> Sequence[Finding]:
        """What the validator objects to: at most one finding, with its fix for the whole value.

        Raises:
            GuardrailError: The validator gives back something that is no result.
        """
        metadata = {
            "stage": context.stage,
            "target": context.target,
            "evidence": [item.text for item in context.evidence],
            "known": list(context.known),
        }
        result = self._inner.validate(value, metadata)
        outcome = getattr(result, "outcome", None)
        if outcome == "pass":
            return ()
        if outcome != "fail":
            raise GuardrailError(
                f"the validator '{self.name}' gave back a {type(result).__name__}",
                hint="It must return PassResult or FailResult.",
            )
        fix = result.fix_value if isinstance(result.fix_value, str) else None
        return (Finding(redact(str(result.error_message)), None, fix),)


class ExternalValidator:
    """A validator that is loaded in the background, because importing guardrails-ai takes seconds."""

    def __init__(self, name: str, reference: str, options: Mapping[str, JsonValue], root: Path) -> None:
        """Prepare to load; nothing is imported yet.

        Args:
            name: What the policy calls it.
            reference: `path/to/file.py:Name` below the root, or `package.module:Name`.
            options: What to construct it with.
            root: The project's folder.

        Raises:
            ConfigError: The reference has no such form, or its file does not exist.
        """
        place, _, attribute = reference.partition(":")
        if not place or not attribute:
            raise ConfigError(
                f"rule '{name}': '{reference}' is no validator",
                hint="Name a built-in check, 'guardrails/file.py:Name' or 'package.module:Name'.",
            )
        self.name = name
        self._path = (root / place).resolve() if place.endswith(".py") else None
        if self._path is not None:
            _check_file(name, self._path, place, attribute, root)
        self._place, self._attribute, self._options = place, attribute, dict(options)
        self._lock = threading.Lock()
        self._loading: Future[Validator] | None = None

    def preload(self) -> Future[Validator]:
        """Start loading in a thread of its own, once; the future carries what goes wrong."""
        with self._lock:
            if self._loading is None:
                self._loading = Future()
                threading.Thread(target=self._load, args=(self._loading,), daemon=True).start()
            return self._loading

    def check(self, value: str, context: CheckContext) -> Sequence[Finding]:
        """What the validator finds; the first call waits until it is loaded."""
        return self.preload().result().check(value, context)

    def _load(self, loading: Future[Validator]) -> None:
        try:
            loading.set_result(self._made())
        except ConfigError as error:
            loading.set_exception(error)
        except BaseException as error:  # noqa: BLE001 - user code may even exit; that must not end the run
            loading.set_exception(ConfigError(f"{self._where(error)}: {type(error).__name__}: {error}"))

    def _made(self) -> Validator:
        guardrails = import_guardrails()
        found = getattr(self._module(), self._attribute, None)
        if isinstance(found, type) and issubclass(found, guardrails.Validator):
            return GuardrailsValidator(self.name, found(on_fail="noop", **self._options))
        if isinstance(found, type):
            made: Validator = found(**self._options)
            return made
        if callable(found):
            return function_validator(self.name, found, self._options)
        raise ConfigError(
            f"rule '{self.name}': {self._place} has no validator '{self._attribute}'",
            hint="It must be a guardrails-ai Validator class, a class with 'check', or a function.",
        )

    def _where(self, error: BaseException) -> str:
        """The validator's file, and the line of it where the error was."""
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename == str(self._path)]
        return f"{self._place}:{lines[-1]}" if lines else self._place

    def _module(self) -> ModuleType:
        if self._path is None:
            return importlib.import_module(self._place)
        name = f"podium_validators_{digest_of(str(self._path).encode())[:12]}"
        spec = importlib.util.spec_from_file_location(
            name, self._path, loader=Uncached(name, str(self._path))
        )
        if spec is None or spec.loader is None:
            raise ConfigError(f"rule '{self.name}': {self._place} is no Python file")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module


def _check_file(rule: str, path: Path, place: str, attribute: str, root: Path) -> None:
    """Find what is wrong with a validator's file as far as reading alone can tell.

    Raises:
        ConfigError: It is outside the project, missing, no Python, or lacks the name.
    """
    if not path.is_relative_to(root.resolve()):
        raise ConfigError(
            f"rule '{rule}': {place} lies outside the project", hint="Name a file inside the project."
        )
    try:
        module = ast.parse(path.read_bytes(), str(path))
    except FileNotFoundError:
        raise ConfigError(
            f"rule '{rule}': there is no file {place}", hint=f"It is looked for in {root}."
        ) from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}", hint="Check its permissions.") from None
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        raise ConfigError(
            f"{path}:{line}: not valid Python: {getattr(error, 'msg', error)}", hint="Mend the file."
        ) from None
    names = _top_level(module)
    if names is not None and attribute not in names:
        raise ConfigError(
            f"rule '{rule}': {place} has no validator '{attribute}'",
            hint="Name a class or a function of that file.",
        )


def _top_level(module: ast.Module) -> set[str] | None:
    """The names that a file plainly defines; None when it may define others by other means."""
    names: set[str] = set()
    for statement in module.body:
        match statement:
            case ast.ClassDef(name=name) | ast.FunctionDef(name=name):
                names.add(name)
            case ast.Assign(targets=targets):
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
            case ast.Import() | ast.Expr():
                continue
            case ast.ImportFrom(names=imported) if all(item.name != "*" for item in imported):
                names |= {item.asname or item.name for item in imported}
            case _:
                return None
    return names
