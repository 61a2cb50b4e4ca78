"""How often callers may ask."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.server import rates
from podium.server.rates import TokenBuckets


class Time:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def time() -> Time:
    return Time()


def test_a_burst_is_taken_then_what_the_rate_allows(time: Time) -> None:
    buckets = TokenBuckets(60, 3, time)
    assert [buckets.take("ada") for _ in range(4)] == [0.0, 0.0, 0.0, 1.0]
    assert buckets.take("bob") == 0.0
    time.seconds = 1.0
    assert buckets.take("ada") == 0.0
    assert buckets.take("ada") == 1.0
    time.seconds = 100.0
    assert [buckets.take("ada") for _ in range(4)] == [0.0, 0.0, 0.0, 1.0]


def test_no_rate_is_no_limit(time: Time) -> None:
    buckets = TokenBuckets(0, 1, time)
    assert not any(buckets.take("ada") for _ in range(1_000))


def test_those_who_have_gone_take_no_room(time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "_MOST", 10)
    buckets = TokenBuckets(60, 1, time)
    for number in range(100):
        buckets.take(number)
        assert len(buckets._full_at) <= 10
    assert buckets.take(99) > 0  # the latest are remembered


@given(st.lists(st.floats(0, 5), max_size=200), st.integers(1, 600), st.integers(1, 20))
def test_no_more_is_taken_than_burst_and_rate_allow(gaps: list[float], per_minute: int, burst: int) -> None:
    time = Time()
    buckets, taken = TokenBuckets(per_minute, burst, time), 0
    for gap in gaps:
        time.seconds += gap
        taken += buckets.take("ada") == 0.0
    assert taken <= burst + time.seconds * per_minute / 60 + 1e-6
