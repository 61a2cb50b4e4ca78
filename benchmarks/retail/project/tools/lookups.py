"""Looking things up in the shop; nothing here changes it."""

from __future__ import annotations

import ast
import json
import operator
from collections.abc import Callable
from typing import Any

from benchmarks.retail.project.tools.changes import snapshot, store_of
from benchmarks.retail.project.tools.store import one

from podium import ActionContext, ActionError, action

_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


@action("read")
def find_user_id_by_email(ctx: ActionContext, email: str) -> str:
    """Find the user with an e-mail address."""
    with store_of(ctx).reading() as db:
        row = db.execute("SELECT user_id FROM users WHERE lower(email) = lower(?)", (email,)).fetchone()
    if row is None:
        raise ActionError("no user has this e-mail address")
    return str(row["user_id"])


@action("read")
def find_user_id_by_name_zip(ctx: ActionContext, first_name: str, last_name: str, zip: str) -> str:  # noqa: A002 - the argument's name in the tasks
    """Find the user with a name who lives in a zip code."""
    with store_of(ctx).reading() as db:
        rows = db.execute(
            "SELECT user_id, address FROM users WHERE lower(first_name) = lower(?)"
            " AND lower(last_name) = lower(?) ORDER BY user_id",
            (first_name, last_name),
        ).fetchall()
    for row in rows:
        if json.loads(row["address"])["zip"] == zip:
            return str(row["user_id"])
    raise ActionError("no user with this name lives there")


@action("read")
def get_user_details(ctx: ActionContext, user_id: str) -> dict[str, Any]:
    """Show a user's name, address, payment methods and orders."""
    with store_of(ctx).reading() as db:
        user = dict(one(db, "users", "user_id", user_id))
        methods = db.execute("SELECT * FROM payment_methods WHERE user_id = ?", (user_id,)).fetchall()
        orders = db.execute("SELECT order_id FROM orders WHERE user_id = ?", (user_id,)).fetchall()
    return {
        **user,
        "payment_methods": [dict(method) for method in methods],
        "orders": [order["order_id"] for order in orders],
    }


@action("read")
def get_order_details(ctx: ActionContext, order_id: str) -> dict[str, Any]:
    """Show an order, its items and its payments."""
    with store_of(ctx).reading() as db:
        return snapshot(db, order_id)


@action("read")
def get_product_details(ctx: ActionContext, product_id: str) -> dict[str, Any]:
    """Show a product with its variants."""
    with store_of(ctx).reading() as db:
        product = one(db, "products", "product_id", product_id)
        rows = db.execute("SELECT * FROM variants WHERE product_id = ?", (product_id,)).fetchall()
    return {"name": product["name"], "variants": [dict(row) for row in rows]}


@action("read")
def get_item_details(ctx: ActionContext, item_id: str) -> dict[str, Any]:
    """Show a variant of a product."""
    with store_of(ctx).reading() as db:
        return dict(one(db, "variants", "item_id", item_id))


@action("read")
def calculate(expression: str) -> str:
    """Work out sums, differences, products and quotients."""
    try:
        return f"{_value(ast.parse(expression, mode='eval').body):.2f}"
    except (SyntaxError, ZeroDivisionError, RecursionError) as error:
        raise ActionError(f"{expression!r} cannot be worked out: {error}") from error


@action("read")
def transfer_to_human_agents(summary: str) -> str:
    """Hand over to a person; nothing in the shop changes."""
    return f"handed over: {summary}"


def _value(node: ast.expr) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_value(node.left), _value(node.right))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand)
    raise SyntaxError("only numbers and + - * / are allowed")
