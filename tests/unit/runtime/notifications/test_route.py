from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.runtime.notifications.memory import Memory
from podium.runtime.notifications.route import Route

ROUTE = Route("ops", Memory(), (), first_wait=5.0, longest_wait=60.0)


@pytest.mark.parametrize(("attempts", "wait"), [(1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (1_000, 60)])
def test_each_wait_is_twice_the_one_before_up_to_a_limit(attempts: int, wait: float) -> None:
    assert ROUTE.wait_after(attempts, 0.0, 0.5) == wait


@given(attempts=st.integers(1, 10_000), jitter=st.floats(0, 1))
def test_jitter_moves_a_wait_by_a_quarter_at_most(attempts: int, jitter: float) -> None:
    middle = ROUTE.wait_after(attempts, 0.0, 0.5)
    assert 0.75 * middle <= ROUTE.wait_after(attempts, 0.0, jitter) <= 1.25 * middle


def test_the_other_side_may_ask_for_more_and_not_for_less() -> None:
    assert ROUTE.wait_after(1, 600.0, 0.5) == 600
    assert ROUTE.wait_after(1, 1.0, 0.5) == 5
