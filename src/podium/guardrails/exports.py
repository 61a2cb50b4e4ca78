"""The default checks as ordinary guardrails-ai validators, for anybody's `Guard`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from podium.core.evidence import Evidence
from podium.guardrails.finding import CheckContext, apply_fixes
from podium.guardrails.quiet import import_guardrails
from podium.guardrails.validator import BUILT_IN, Check, function_validator


@cache
def as_guardrails() -> dict[str, type[Any]]:
    """A registered guardrails-ai validator class for each default check, by the check's name.

    Options go to the constructor, `secrets` is registered as `podium/secrets`, and so on. Checks that
    compare with evidence read texts from the metadata: `{"evidence": ["…"], "known": ["…"]}`.

    Example:
        >>> Secrets = as_guardrails()["secrets"]
        >>> guard = Guard().use(Secrets(on_fail="fix"))  # doctest: +SKIP

    Raises:
        ImportError: guardrails-ai is not installed.
    """
    import_guardrails()
    return {name: _exported(name, check) for name, check in BUILT_IN.items()}


def _exported(name: str, check: Check) -> type[Any]:
    from guardrails.validator_base import ErrorSpan, FailResult, PassResult, Validator, register_validator

    class Exported(Validator):  # type: ignore[misc]  # guardrails-ai's base class is untyped
        def __init__(self, on_fail: Any = None, **options: Any) -> None:
            super().__init__(on_fail=on_fail, **options)
            self._check = function_validator(name, check, options)

        def _validate(self, value: Any, metadata: dict[str, Any]) -> Any:
            findings = self._check.check(str(value), _context(metadata))
            if not findings:
                return PassResult()
            spans = [
                ErrorSpan(start=finding.span[0], end=finding.span[1], reason=finding.reason)
                for finding in findings
                if finding.span is not None
            ]
            return FailResult(
                error_message="; ".join(dict.fromkeys(finding.reason for finding in findings)),
                fix_value=apply_fixes(str(value), findings),
                error_spans=spans or None,
            )

    Exported.__name__ = Exported.__qualname__ = "".join(part.title() for part in name.split("_"))
    Exported.__doc__ = (check.__doc__ or "").split("\n")[0]
    registered: type[Any] = register_validator(name=f"podium/{name}", data_type="string")(Exported)
    return registered


def _context(metadata: dict[str, Any]) -> CheckContext:
    evidence: Sequence[str] = metadata.get("evidence", ())
    return CheckContext(
        stage="output",
        evidence=tuple(Evidence(id=str(i), source="", text=text) for i, text in enumerate(evidence)),
        known=tuple(metadata.get("known", ())),
    )
