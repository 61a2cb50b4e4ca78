"""A shop small enough to see through: two users, two products, one order of every kind."""

from __future__ import annotations

from typing import Any

import pytest

SHIRTS = {"shirt-a": 20.0, "shirt-b": 25.5, "shirt-c": 19.99, "shirt-gone": 5.0}
LAMPS = {"lamp-a": 100.0, "lamp-b": 89.1}


def address(street: str) -> dict[str, str]:
    return {
        "address1": street,
        "address2": "",
        "city": "Reno",
        "state": "NV",
        "country": "USA",
        "zip": "89501",
    }


def product(name: str, prices: dict[str, float]) -> dict[str, Any]:
    return {
        "name": name,
        "product_id": name,
        "variants": {
            item_id: {
                "item_id": item_id,
                "options": {"kind": item_id},
                "available": not item_id.endswith("gone"),
                "price": price,
            }
            for item_id, price in prices.items()
        },
    }


def item(item_id: str) -> dict[str, Any]:
    return {
        "name": "Shirt" if item_id in SHIRTS else "Lamp",
        "product_id": "Shirt" if item_id in SHIRTS else "Lamp",
        "item_id": item_id,
        "price": (SHIRTS | LAMPS)[item_id],
        "options": {"kind": item_id},
    }


def order(order_id: str, user_id: str, status: str, method: str, *item_ids: str) -> dict[str, Any]:
    amount = round(sum((SHIRTS | LAMPS)[item_id] for item_id in item_ids), 2)
    kinds = ("payment", "refund") if status == "cancelled" else ("payment",)
    return {
        "order_id": order_id,
        "user_id": user_id,
        "address": address("1 Main Street"),
        "items": [item(item_id) for item_id in item_ids],
        "status": status,
        "fulfillments": [],
        "payment_history": [
            {"transaction_type": kind, "amount": amount, "payment_method_id": method} for kind in kinds
        ],
    }


def user(user_id: str, balance: float, orders: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "user_id": user_id,
        "name": {"first_name": user_id.title(), "last_name": "Lee"},
        "address": address("1 Main Street"),
        "email": f"{user_id}@example.com",
        "payment_methods": {
            f"{source}_{user_id}": {"source": source, "id": f"{source}_{user_id}"}
            | ({"balance": balance} if source == "gift_card" else {})
            for source in ("gift_card", "paypal", "credit_card")
        },
        "orders": [one["order_id"] for one in orders if one["user_id"] == user_id],
    }


@pytest.fixture(scope="session")
def shop() -> dict[str, Any]:
    orders = [
        order("#CARD", "ada", "pending", "credit_card_ada", "shirt-a", "lamp-a", "shirt-a"),
        order("#GIFT", "ada", "pending", "gift_card_ada", "shirt-a"),
        order("#HERE", "ada", "delivered", "paypal_ada", "shirt-a", "lamp-b", "shirt-a"),
        order("#SENT", "ada", "processed", "paypal_ada", "shirt-b"),
        order("#GONE", "ada", "cancelled", "paypal_ada", "shirt-b"),
        order("#BOBS", "bob", "pending", "paypal_bob", "lamp-b"),
    ]
    return {
        "products": {"Shirt": product("Shirt", SHIRTS), "Lamp": product("Lamp", LAMPS)},
        "users": {name: user(name, balance, orders) for name, balance in (("ada", 30.0), ("bob", 500.0))},
        "orders": {one["order_id"]: one for one in orders},
    }
