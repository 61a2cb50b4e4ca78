"""Moments as text: fixed width, in UTC, and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.core.clock import SystemClock, from_iso, to_iso

moments = st.datetimes(
    min_value=datetime(1970, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2999, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC) | st.just(timezone(timedelta(hours=5, minutes=30))),
)


@given(moments, moments)
def test_text_order_is_time_order(a: datetime, b: datetime) -> None:
    assert (to_iso(a) < to_iso(b)) == (a < b)


@given(moments)
def test_a_moment_comes_back(moment: datetime) -> None:
    assert from_iso(to_iso(moment)) == moment


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        to_iso(datetime(2026, 1, 1))  # noqa: DTZ001


def test_the_system_clock_is_aware() -> None:
    assert SystemClock().now().tzinfo is not None
