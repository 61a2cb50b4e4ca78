"""Cents, what stands of a payment history, and bookings."""

from __future__ import annotations

from typing import Any

from benchmarks.retail.reference.money import book, cents, covers, dollars, standing
from hypothesis import given
from hypothesis import strategies as st


@given(st.integers(-(10**9), 10**9))
def test_cents_survive_the_way_over_dollars(amount: int) -> None:
    assert cents(dollars(amount)) == amount
    assert dollars(amount) == round(amount * 0.01, 2)


@given(st.lists(st.sampled_from(["card", "paypal", "gift"]), min_size=1, max_size=6))
def test_of_a_payment_that_wanders_the_last_one_stands(methods: list[str]) -> None:
    order: dict[str, Any] = {"payment_history": []}
    for number, method in enumerate(methods):
        book(order, {"id": method, "source": "paypal"}, "payment", 1999)
        if number:
            book(order, {"id": methods[number - 1], "source": "paypal"}, "refund", 1999)
    assert [one["payment_method_id"] for one in standing(order)] == methods[-1:]


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_only_a_gift_card_has_a_limit(balance: int, amount: int) -> None:
    card = {"id": "gift", "source": "gift_card", "balance": dollars(balance)}
    assert covers(card, amount) == (amount <= balance)
    assert covers({"id": "card", "source": "credit_card"}, amount)
