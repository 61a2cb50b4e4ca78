"""The retail benchmark on a small shop of its own: right, undone, and not to be killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

HOME = {"address1": "1 Main Street", "address2": "", "city": "Reno", "state": "NV", "country": "USA"}
PRICES = {"100": 20.0, "101": 25.5, "102": 19.99}
KILLS = 12


def item(item_id: str) -> dict[str, Any]:
    options = {"kind": item_id}
    held = {"item_id": item_id, "price": PRICES[item_id], "options": options}
    return {"name": "Shirt", "product_id": "1", **held}


def order(order_id: str, status: str, method: str) -> dict[str, Any]:
    paid = {"transaction_type": "payment", "amount": 40.0, "payment_method_id": method}
    return {
        "order_id": order_id,
        "user_id": "ada",
        "address": {**HOME, "zip": "89501"},
        "items": [item("100"), item("100")],
        "status": status,
        "fulfillments": [],
        "payment_history": [paid],
    }


def shop() -> dict[str, Any]:
    orders = [
        order("#W1", "pending", "gift_card_1"),
        order("#W2", "pending", "credit_card_1"),
        order("#W3", "delivered", "credit_card_1"),
    ]
    variants = {
        item_id: {"item_id": item_id, "options": {"kind": item_id}, "available": True, "price": price}
        for item_id, price in PRICES.items()
    }
    user = {
        "user_id": "ada",
        "name": {"first_name": "Ada", "last_name": "Lee"},
        "address": {**HOME, "zip": "89501"},
        "email": "ada@example.com",
        "payment_methods": {
            "gift_card_1": {"source": "gift_card", "id": "gift_card_1", "balance": 10.0},
            "credit_card_1": {"source": "credit_card", "id": "credit_card_1", "last_four": "1234"},
        },
        "orders": [one["order_id"] for one in orders],
    }
    return {
        "products": {"1": {"name": "Shirt", "product_id": "1", "variants": variants}},
        "users": {"ada": user},
        "orders": {one["order_id"]: one for one in orders},
    }


def task(number: int, *calls: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    actions = [{"name": name, "arguments": arguments} for name, arguments in calls]
    return {"id": str(number), "evaluation_criteria": {"actions": actions}}


TASKS = [
    task(
        0,
        ("find_user_id_by_email", {"email": "ada@example.com"}),
        ("cancel_pending_order", {"order_id": "#W1", "reason": "no longer needed"}),
        (
            "modify_pending_order_items",
            {
                "order_id": "#W2",
                "item_ids": ["100"],
                "new_item_ids": ["101"],
                "payment_method_id": "gift_card_1",
            },
        ),
        ("cancel_pending_order", {"order_id": "#W2", "reason": "ordered by mistake"}),
    ),
    task(
        1,
        ("modify_pending_order_payment", {"order_id": "#W1", "payment_method_id": "credit_card_1"}),
        ("cancel_pending_order", {"order_id": "#W1", "reason": "ordered by mistake"}),
        ("modify_user_address", {"user_id": "ada", **HOME, "zip": "10001"}),
        (
            "return_delivered_order_items",
            {"order_id": "#W3", "item_ids": ["100"], "payment_method_id": "gift_card_1"},
        ),
    ),
]


def test_it_is_right_and_undone_however_often_it_is_killed(tmp_path: Path, root: Path) -> None:
    data = tmp_path / "tau2_bench" / "retail"
    data.mkdir(parents=True)
    (data / "db.json").write_text(json.dumps(shop()), encoding="utf-8")
    (data / "tasks.json").write_text(json.dumps(TASKS), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.retail", "--kills", str(KILLS)],
        cwd=root,
        env={**os.environ, "PODIUM_DATA": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])["figures"]
    assert figures["refused_calls"] == 1  # what was modified cannot be cancelled any more
    assert figures["all_kills"] >= KILLS
