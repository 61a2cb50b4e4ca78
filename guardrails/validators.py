"""A validator of the support desk's own: compensation that nobody but a team lead may promise."""

from __future__ import annotations

import re
from typing import Any

from guardrails.validator_base import FailResult, PassResult, ValidationResult, Validator, register_validator

_MONEY = r"(?:£ ?(?P<sign>\d{1,6}(?:\.\d{2})?)|(?P<word>\d{1,6}(?:\.\d{2})?) ?(?:pounds|GBP))"
_PROMISE = re.compile(
    r"\b(?:we|i)(?: will|'ll| can| would| shall| am going to| are going to)?(?: also| gladly| now)? "
    r"(?:give|offer|grant|pay|add|credit|compensate|promise|award)\b(?P<first>[^.!?\n]{0,80}?)" + _MONEY + "|"
    r"\byou(?: will|'ll| are going to) (?:get|receive|be given|be paid|be compensated)\b"
    r"(?P<second>[^.!?\n]{0,80}?)" + _MONEY.replace("sign", "sign2").replace("word", "word2"),
    re.IGNORECASE,
)
_KIND = re.compile(r"\b(?:credit|compensat\w*|goodwill|voucher|gesture|apology|bonus)\b", re.IGNORECASE)


@register_validator(name="support-desk/compensation-promise", data_type="string")
class CompensationPromise(Validator):  # type: ignore[misc]  # guardrails-ai's base class is untyped
    """Fails a text that promises more credit, vouchers or compensation than an agent may grant.

    Quoting the rule ("an agent may grant up to £25") is no promise, and neither is a refund, which has
    a procedure and an approval of its own.
    """

    def __init__(self, most: float = 25.0, on_fail: Any = None) -> None:
        """Set the limit.

        Args:
            most: Pounds that may be promised.
            on_fail: What a `Guard` would do.
        """
        super().__init__(on_fail=on_fail, most=most)
        self._most = most

    def _validate(self, value: Any, metadata: dict[str, Any]) -> ValidationResult:
        del metadata
        text = str(value).replace("\u2019", "'")
        for match in _PROMISE.finditer(text):
            amount = float(match["sign"] or match["word"] or match["sign2"] or match["word2"])
            sentence = text[match.start() : text.find(".", match.end()) + 1 or match.end() + 80]
            if amount > self._most and _KIND.search(sentence):
                return FailResult(error_message=f"compensation of more than £{self._most:g} is promised")
        return PassResult()
