"""The calls that change nothing: they are refused when what they look up does not exist."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from fractions import Fraction

from benchmarks.retail.reference.draft import Draft
from benchmarks.retail.reference.policy import Refused

OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def find_user_id_by_email(draft: Draft, *, email: str) -> None:
    """Somebody has this address, whatever its case."""
    if not any(user["email"].casefold() == email.casefold() for user in draft.users()):
        raise Refused(f"no user has the e-mail address {email!r}")


def find_user_id_by_name_zip(
    draft: Draft,
    *,
    first_name: str,
    last_name: str,
    zip: str,  # noqa: A002 - the tasks name this argument so
) -> None:
    """Somebody of this name, whatever its case, lives there by the default address."""
    wanted = (first_name.casefold(), last_name.casefold(), zip)
    for user in draft.users():
        name = user["name"]
        if (name["first_name"].casefold(), name["last_name"].casefold(), user["address"]["zip"]) == wanted:
            return
    raise Refused(f"no user is called {first_name} {last_name} and lives in {zip}")


def get_user_details(draft: Draft, *, user_id: str) -> None:
    """The user exists."""
    draft.user(user_id)


def get_order_details(draft: Draft, *, order_id: str) -> None:
    """The order exists; its id begins with '#'."""
    draft.order(order_id)


def get_product_details(draft: Draft, *, product_id: str) -> None:
    """The product exists; an item id is no product id."""
    draft.product(product_id)


def get_item_details(draft: Draft, *, item_id: str) -> None:
    """A variant with this item id exists."""
    draft.variant(item_id)


def list_all_product_types(draft: Draft) -> None:
    """Always possible."""
    del draft


def transfer_to_human_agents(draft: Draft, *, summary: str) -> None:
    """Always possible."""
    del draft, summary


def calculate(draft: Draft, *, expression: str) -> None:
    """The expression is arithmetic with a result."""
    del draft
    try:
        _value(ast.parse(expression.strip(), mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError) as error:
        raise Refused(f"{expression!r} has no value") from error


def _value(node: ast.expr) -> Fraction:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return Fraction(str(number))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in OPERATORS:
            return OPERATORS[type(sign)](_value(left), _value(right))
        case _:
            raise ValueError(ast.dump(node))
