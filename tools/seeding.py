"""Fills an empty shop database: the same seed gives the same rows, on every machine and day.

Only `random.Random.random()` is used, whose sequence Python guarantees for a seed, and no clock:
the shop lives on a fixed day, so that a return window that is open today is open tomorrow too.
"""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, TypeVar

T = TypeVar("T")
Line = tuple[str, int, int]
"""SKU, quantity, price of one in pence."""

DATA = Path(__file__).with_name("data")
TODAY = date(2026, 6, 30)
CUSTOMERS = 240
ORDERS = 1120
STATUSES = (
    "pending",
    "paid",
    "packed",
    "shipped",
    "delivered",
    "cancelled",
    "returned",
    "refunded",
)
SHARES = (6, 9, 8, 13, 46, 7, 5, 6)
AGES = {
    "pending": (0, 2),
    "paid": (0, 3),
    "packed": (1, 4),
    "shipped": (2, 7),
    "delivered": (6, 220),
    "cancelled": (5, 220),
    "returned": (12, 40),
    "refunded": (20, 220),
}
"""Least and greatest age of an order in days, by its state."""
SHIPPING_CENTS = {"standard": 395, "express": 795, "pickup": 295}
FREE_STANDARD_FROM = 5000
DAYS_ON_THE_WAY = {"standard": 4, "express": 1, "pickup": 5}
CARRIERS = {"standard": "Northwind Post", "express": "Swiftline", "pickup": "Northwind Post"}
RETURN_REASONS = ("changed mind", "damaged", "faulty", "wrong item")


class Dice:
    """Choices from one seeded stream of numbers."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - sample data, no secret

    def below(self, bound: int) -> int:
        """An integer from 0 to `bound` - 1."""
        return int(self._random.random() * bound)

    def between(self, low: int, high: int) -> int:
        """An integer from `low` to `high`, both included."""
        return low + self.below(high - low + 1)

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, all equally likely."""
        return options[self.below(len(options))]

    def weighted(self, options: Sequence[T], shares: Sequence[int]) -> T:
        """One of the options, each as likely as its share."""
        roll = self.below(sum(shares))
        for option, share in zip(options, shares, strict=True):
            roll -= share
            if roll < 0:
                return option
        return options[-1]


class Order(NamedTuple):
    """What the rows around an order need to know of it."""

    order_id: str
    status: str
    method: str
    placed: date
    paid_cents: int
    lines: tuple[Line, ...]


def fill(db: sqlite3.Connection, seed: int) -> None:
    """Create the tables in an open transaction and fill them from `seed`."""
    for statement in (DATA / "schema.sql").read_text(encoding="utf-8").split(";\n"):
        db.execute(statement)
    dice = Dice(seed)
    people = json.loads((DATA / "people.json").read_text(encoding="utf-8"))
    _fill_products(db)
    customers = _fill_customers(db, dice, people)
    numbers = {"returns": count(40001), "refunds": count(30001)}
    for index in range(ORDERS):
        order = _add_order(db, dice, index, customers)
        _add_parcel(db, dice, order, index, people["depots"])
        _add_aftermath(db, dice, order, numbers)
    db.executemany("INSERT INTO meta VALUES (?, ?)", [("seed", str(seed)), ("today", TODAY.isoformat())])


def _fill_products(db: sqlite3.Connection) -> None:
    with (DATA / "products.csv").open(encoding="utf-8", newline="") as file:
        rows = [tuple(row.values()) for row in csv.DictReader(file)]
    db.executemany("INSERT INTO products VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def _fill_customers(db: sqlite3.Connection, dice: Dice, people: dict[str, Any]) -> list[tuple[str, str]]:
    taken: set[str] = set()
    made: list[tuple[str, str]] = []
    while len(made) < CUSTOMERS:
        first, last = dice.pick(people["first_names"]), dice.pick(people["last_names"])
        if f"{first} {last}" in taken:
            continue
        taken.add(f"{first} {last}")
        customer_id = f"C-{1001 + len(made)}"
        address = _address(dice, people)
        row = (
            customer_id,
            f"{first} {last}",
            f"{first}.{last}@example.com".lower(),
            f"07700 900{dice.between(0, 999):03d}",
            address,
            dice.weighted(("none", "silver", "gold"), (70, 20, 10)),
            dice.weighted((0, 500, 1000, 2500), (75, 12, 9, 4)),
            (TODAY - timedelta(days=dice.between(230, 1800))).isoformat(),
        )
        db.execute("INSERT INTO customers VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        made.append((customer_id, address))
    return made


def _address(dice: Dice, people: dict[str, Any]) -> str:
    town, area = dice.pick(people["towns"])
    street = f"{dice.between(1, 180)} {dice.pick(people['streets'])}"
    outward, inward = f"{area}{dice.between(1, 19)}", dice.between(1, 9)
    return f"{street}, {town}, {outward} {inward}{dice.pick('ABDEFGHJLNP')}{dice.pick('ABDEFGHJLNP')}"


def _pick_lines(db: sqlite3.Connection, dice: Dice) -> tuple[Line, ...]:
    products = db.execute("SELECT sku, price_cents FROM products ORDER BY sku").fetchall()
    lines: dict[str, Line] = {}
    for _ in range(dice.weighted((1, 2, 3, 4), (45, 30, 17, 8))):
        sku, price = dice.pick(products)
        lines[sku] = (sku, dice.weighted((1, 2, 3), (80, 15, 5)), price)
    return tuple(lines.values())


def _add_order(db: sqlite3.Connection, dice: Dice, index: int, customers: Sequence[tuple[str, str]]) -> Order:
    # The first sixteen orders go twice through the states, so that the docs can name one of each.
    status = dice.weighted(STATUSES, SHARES)
    status = STATUSES[index % len(STATUSES)] if index < 16 else status
    customer_id, address = dice.pick(customers)
    lines = _pick_lines(db, dice)
    goods = sum(quantity * price for _, quantity, price in lines)
    method = dice.weighted(("standard", "express", "pickup"), (65, 22, 13))
    free = method == "standard" and goods >= FREE_STANDARD_FROM
    shipping = 0 if free else SHIPPING_CENTS[method]
    placed = TODAY - timedelta(days=dice.between(*AGES[status]))
    unpaid = status == "pending" or (status == "cancelled" and dice.below(3) == 0)
    paid = 0 if unpaid else goods + shipping
    order = Order(f"O-{10001 + index}", status, method, placed, paid, lines)
    arrived = status in ("delivered", "returned", "refunded")
    reason = dice.pick(("ordered by mistake", "found elsewhere", "too slow"))
    row = (
        order.order_id,
        customer_id,
        status,
        placed.isoformat(),
        _arrival(order).isoformat() if arrived else None,
        method,
        shipping,
        goods + shipping,
        paid,
        address,
        reason if status == "cancelled" else "",
    )
    db.execute("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
    db.executemany(
        "INSERT INTO order_lines VALUES (?, ?, ?, ?, ?)",
        [(order.order_id, number, *line) for number, line in enumerate(lines, start=1)],
    )
    return order


def _arrival(order: Order) -> date:
    return order.placed + timedelta(days=1 + DAYS_ON_THE_WAY[order.method])


def _add_parcel(db: sqlite3.Connection, dice: Dice, order: Order, index: int, depots: Sequence[str]) -> None:
    if order.status not in ("shipped", "delivered", "returned", "refunded"):
        return
    shipped = order.placed + timedelta(days=1)
    parcel_id = f"P-{20001 + index}"
    carrier = CARRIERS[order.method]
    tracking = f"{carrier[:2].upper()}{dice.between(10**8, 10**9 - 1)}GB"
    row = (parcel_id, order.order_id, carrier, tracking, shipped.isoformat())
    db.execute("INSERT INTO parcels VALUES (?, ?, ?, ?, ?, ?)", (*row, _arrival(order).isoformat()))
    events = [
        (shipped, "Leicester warehouse", "handed to carrier"),
        (shipped, dice.pick(depots), "sorted"),
    ]
    if order.status != "shipped":
        events += [
            (_arrival(order), dice.pick(depots), "out for delivery"),
            (_arrival(order), "recipient", "delivered"),
        ]
    db.executemany(
        "INSERT INTO parcel_events VALUES (?, ?, ?, ?, ?)",
        [(parcel_id, seq, day.isoformat(), *rest) for seq, (day, *rest) in enumerate(events, 1)],
    )


def _add_aftermath(db: sqlite3.Connection, dice: Dice, order: Order, numbers: dict[str, count[int]]) -> None:
    """Returns and refunds that the state of an order implies."""
    sku, quantity, unit_cents = order.lines[0]
    reason = dice.pick(RETURN_REASONS)
    day = min(_arrival(order) + timedelta(days=5), TODAY).isoformat()
    if order.status in ("returned", "refunded"):
        state = "received" if order.status == "returned" else "closed"
        row = (f"RT-{next(numbers['returns'])}", order.order_id, sku, quantity, reason)
        db.execute("INSERT INTO returns VALUES (?, ?, ?, ?, ?, ?, ?)", (*row, state, day))
    amount, state = 0, "settled"
    if order.status == "refunded" or (order.status == "cancelled" and order.paid_cents):
        amount = order.paid_cents
    elif order.status == "delivered" and dice.below(20) == 0:
        amount, state, day = unit_cents // 2, "pending", TODAY.isoformat()
    if amount:
        refund = (f"R-{next(numbers['refunds'])}", order.order_id, amount, reason, state, day)
        db.execute("INSERT INTO refunds VALUES (?, ?, ?, ?, ?, ?)", refund)
