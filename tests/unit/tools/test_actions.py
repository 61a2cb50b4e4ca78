"""`@action`: what it reads off a function."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from podium.core.errors import ActionError, UnknownName
from podium.tools import ActionContext, action


class Move(BaseModel):
    """From here to there."""

    source: str
    to: str = Field(description="Where it goes")


def test_a_model_gives_the_arguments() -> None:
    @action("reversible", target="shelf/{source}", version="3")
    def move_box(ctx: ActionContext, args: Move) -> str:
        """Move a box.

        Also: carry a box.
        """
        return f"{args.source} to {args.to}"

    tool = move_box.tool
    assert (tool.name, tool.effect, tool.spec.version) == ("move_box", "reversible", "3")
    assert tool.spec.description == "Move a box.\n\nAlso: carry a box."
    assert tool.spec.args_schema["properties"]["to"]["description"] == "Where it goes"  # type: ignore[index, call-overload]  # JSON
    assert tool.spec.args_schema["additionalProperties"] is False
    args = tool.parse({"source": "a", "to": "b"})
    assert isinstance(args, Move)
    assert tool.target(args) == "shelf/a"
    assert tool.run(ActionContext(), args) == "a to b"
    assert move_box(ActionContext(), Move(source="x", to="y")) == "x to y"


def test_a_plain_signature_gives_the_arguments() -> None:
    @action("compensable")
    def order(
        ctx: ActionContext,
        sku: Annotated[str, Field(pattern=r"^[A-Z]+$", description="The article")],
        quantity: int = 1,
        how: Literal["fast", "slow"] = "slow",
    ) -> Any:
        """Order something.

        Args:
            ctx: Ignored here.
            sku: Not used, the field says it.
            quantity (int): How many,
                on two lines.
            how: The speed.

        Returns:
            quantity: not an argument.
        """
        return [sku, quantity, how]

    schema: Any = order.tool.spec.args_schema
    assert set(schema["properties"]) == {"sku", "quantity", "how"}
    assert schema["properties"]["sku"]["description"] == "The article"
    assert schema["properties"]["quantity"]["description"] == "How many, on two lines."
    assert schema["properties"]["how"]["enum"] == ["fast", "slow"]
    assert schema["required"] == ["sku"]
    tool = order.tool
    assert tool.run(ActionContext(), tool.parse({"sku": "A"})) == ["A", 1, "slow"]
    assert tool.canonical(tool.parse({"sku": "A"})) == {"sku": "A", "quantity": 1, "how": "slow"}


def test_a_function_needs_no_context_and_no_arguments() -> None:
    @action("read")
    def now() -> str:
        """The time."""
        return "noon"

    @action("read")
    async def echo(text: str) -> str:
        return text

    assert now.tool.run(ActionContext(), now.tool.parse({})) == "noon"
    assert asyncio.run(echo.tool.run(ActionContext(), echo.tool.parse({"text": "a"}))) == "a"
    assert echo.tool.spec.description == "echo"


def test_declarations_that_cannot_work_are_refused() -> None:
    with pytest.raises(ValueError, match="no effect class"):
        action("write")  # type: ignore[arg-type]  # what a newcomer might write
    with pytest.raises(ValueError, match="rate"):
        action("read", rate="often")
    with pytest.raises(ValueError, match="timeout"):
        action("read", timeout=0)

    def untyped(ctx: ActionContext, what: Any) -> Any:
        return what

    del untyped.__annotations__["what"]

    with pytest.raises(TypeError, match="'what' has no type"):
        action("read")(untyped)

    def many(*what: int) -> None:
        return None

    with pytest.raises(TypeError, match="cannot be an argument"):
        action("read")(many)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({}, "'source' is missing"),
        ({"source": "a", "to": "b", "via": "c"}, "no argument 'via'"),
        ({"source": 5, "to": "b"}, "'source' is not right: Input should be a valid string"),
    ],
)
def test_arguments_that_do_not_fit_are_named(args: dict[str, Any], message: str) -> None:
    @action("read")
    def look(args: Move) -> None: ...

    with pytest.raises(ActionError, match=message):
        look.tool.parse(args)


def test_a_function_that_yields_is_no_action() -> None:
    def pages() -> Iterator[int]:
        yield 1

    async def later() -> AsyncIterator[int]:
        yield 1

    for function in (pages, later):
        with pytest.raises(TypeError, match="yields: calling it would do nothing"):
            action("irreversible")(function)


def test_arguments_without_a_canonical_form_are_refused() -> None:
    @action("irreversible")
    def pay(amount: float, number: int, note: str) -> None: ...

    for args, problem in (
        ({"amount": float("nan"), "number": 1, "note": ""}, "not a finite number|NaN"),
        ({"amount": 1, "number": 2**53, "note": ""}, "2\\^53"),
    ):
        with pytest.raises(ActionError, match=problem):
            pay.tool.canonical(pay.tool.parse(args))
    with pytest.raises(ActionError):
        pay.tool.canonical(pay.tool.parse({"amount": 1, "number": 1, "note": "\ud800"}))


def test_an_unknown_handle_is_named() -> None:
    with pytest.raises(UnknownName, match="no handle 'shop' is open; open: desk"):
        ActionContext(handles={"desk": 1}).handle("shop")
