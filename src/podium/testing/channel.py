"""The contract that every channel of notifications keeps."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from podium.core.errors import NotDelivered
from podium.runtime.notifications.channel import Notification

if TYPE_CHECKING:
    from podium.runtime.notifications.channel import Channel

NOTIFICATION: Final = Notification(
    id="ntf_0123456789abcdef",
    event="approval_waiting",
    at="2026-01-31T12:00:00.000000Z",
    project="desk",
    subject="desk: send_money waits for your decision",
    text="Thread 7 waits.\nAnswer: podium resume 7 --approve",
    thread_id="7",
    run_id="8",
    data={"record": 9, "actions": [{"tool": "send_money"}]},
)
_ODD_TEXTS: Final = (
    "",
    "日本語 ✓ žluťoučký",
    "a\nb\n.\nc\n..",
    "x" * 1_500,
    "Bcc: all@example.org\r\n\r\nbody",
)
_PROMPT_S: Final = 5.0
"""Seconds in which a channel has to let go; far above what it takes, far below a default timeout."""


class ChannelContract(ABC):
    """What every channel keeps; inherit it as `Test…` and override all five."""

    @abstractmethod
    def working(self) -> Channel:
        """A channel whose other side takes everything."""

    @abstractmethod
    def arrived(self) -> Sequence[tuple[str, str]]:
        """Id and text of what the other side has taken, oldest first."""

    @abstractmethod
    def refusing(self) -> Channel:
        """A channel whose other side refuses everything."""

    @abstractmethod
    def missing(self) -> Channel:
        """A channel that has no other side."""

    @abstractmethod
    def hanging(self, timeout: float) -> Channel:
        """A channel with this time limit, whose other side never answers."""

    async def test_brings_the_id_and_the_text(self) -> None:
        """What goes in comes out."""
        await self.working().deliver(NOTIFICATION)
        ((identifier, text),) = self.arrived()
        assert identifier == NOTIFICATION.id
        assert _lines(NOTIFICATION.text) in _lines(text)

    async def test_brings_the_same_id_each_time(self) -> None:
        """A receiver can drop what it knows."""
        channel = self.working()
        await channel.deliver(NOTIFICATION)
        await channel.deliver(NOTIFICATION)
        assert [identifier for identifier, _ in self.arrived()] == [NOTIFICATION.id] * 2

    @pytest.mark.parametrize("text", _ODD_TEXTS)
    async def test_brings_any_text_and_nothing_more(self, text: str) -> None:
        """No text breaks the form in which it travels."""
        odd = replace(NOTIFICATION, subject=text, text=text)
        await self.working().deliver(odd)
        ((identifier, told),) = self.arrived()
        assert identifier == NOTIFICATION.id
        assert _lines(text) in _lines(told)

    async def test_takes_several_at_once(self) -> None:
        """Deliveries do not disturb each other."""
        channel = self.working()
        many = [replace(NOTIFICATION, id=f"ntf_{number}") for number in range(5)]
        await asyncio.gather(*(channel.deliver(one) for one in many))
        assert sorted(identifier for identifier, _ in self.arrived()) == [one.id for one in many]

    async def test_says_in_one_line_that_it_was_refused(self) -> None:
        """The error is typed, short, and repeats nothing of what was to be told."""
        with pytest.raises(NotDelivered) as caught:
            await self.refusing().deliver(NOTIFICATION)
        message = caught.value.message
        assert message
        assert "\n" not in message
        assert NOTIFICATION.text not in message
        assert caught.value.code == "not_delivered"
        assert not self.arrived()

    async def test_may_be_tried_again_where_nobody_is_there(self) -> None:
        """A receiver that is down is no reason to give up."""
        with pytest.raises(NotDelivered) as caught:
            await self.missing().deliver(NOTIFICATION)
        assert caught.value.retryable

    async def test_keeps_its_time_limit(self) -> None:
        """A receiver that hangs is left, and may be tried again."""
        begun = time.monotonic()
        with pytest.raises(NotDelivered) as caught:
            await self.hanging(0.3).deliver(NOTIFICATION)
        assert time.monotonic() - begun < _PROMPT_S
        assert caught.value.retryable

    async def test_lets_go_when_it_is_cancelled(self) -> None:
        """Whoever closes does not wait for a receiver that hangs."""
        task = asyncio.create_task(self.hanging(60).deliver(NOTIFICATION))
        ended, _ = await asyncio.wait({task}, timeout=0.2)
        assert not ended
        begun = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - begun < _PROMPT_S


def _lines(text: str) -> str:
    """The text with its line ends made one: mail has its own."""
    return "\n".join(text.splitlines())
