"""The contract that every validator keeps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from podium.guardrails.finding import CheckContext, apply_fixes

if TYPE_CHECKING:
    from podium.guardrails.validator import Validator

_ODD_TEXTS = ("", " ", "\x00\x07", "\ud800", "日本語の文", "a\u200bb", "word " * 20_000)


class ValidatorContract(ABC):
    """What every validator keeps; inherit it as `Test…` and override all three."""

    @abstractmethod
    def validator(self) -> Validator:
        """The validator under test."""

    @abstractmethod
    def good(self) -> str:
        """A text that it lets pass."""

    @abstractmethod
    def bad(self) -> str:
        """A text that it objects to."""

    def context(self) -> CheckContext:
        """What it is told; override for a validator that compares."""
        return CheckContext(stage="output")

    def test_lets_a_good_text_pass(self) -> None:
        """A good text raises no finding."""
        assert not self.validator().check(self.good(), self.context())

    def test_says_what_it_objects_to_in_one_line(self) -> None:
        """Every finding has a reason of one line."""
        findings = self.validator().check(self.bad(), self.context())
        assert findings
        assert all(finding.reason and "\n" not in finding.reason for finding in findings)

    def test_points_inside_the_text(self) -> None:
        """Spans lie within the text."""
        text = self.bad()
        for finding in self.validator().check(text, self.context()):
            start, end = finding.span or (0, len(text))
            assert 0 <= start <= end <= len(text)

    def test_lets_its_own_fix_pass(self) -> None:
        """A fixed text raises no new finding."""
        validator, text = self.validator(), self.bad()
        fixed = apply_fixes(text, validator.check(text, self.context()))
        assert fixed is None or not validator.check(fixed, self.context())

    def test_says_the_same_again_from_any_thread(self) -> None:
        """The result depends on nothing but the text and the context."""
        validator, text, context = self.validator(), self.bad(), self.context()
        expected = list(validator.check(text, context))
        with ThreadPoolExecutor(4) as pool:
            again = list(pool.map(lambda _: list(validator.check(text, context)), range(16)))
        assert again == [expected] * 16

    def test_takes_odd_texts_without_an_error(self) -> None:
        """No text makes it raise."""
        validator = self.validator()
        for text in _ODD_TEXTS:
            for finding in validator.check(text, self.context()):
                assert finding.reason

    def test_name_is_stable(self) -> None:
        """Its name is set and does not change."""
        assert self.validator().name == self.validator().name != ""
