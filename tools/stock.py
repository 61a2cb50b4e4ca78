"""What is on the shelf."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import Field

from podium import ActionContext, action

if TYPE_CHECKING:
    from tools.shop import Shop

Sku = Annotated[
    str,
    Field(
        description="The article number of the product, like KET-204",
        pattern=r"^[A-Z]{3}-\d{3}$",
        examples=["KET-204"],
    ),
]


@action("read", target="product/{sku}")
def check_stock(ctx: ActionContext, sku: Sku) -> dict[str, Any]:
    """Check whether a product is in stock, what it costs and how long its warranty is.

    Also: availability, is it available, how many are left, price of an article.
    """
    shop = cast("Shop", ctx.handle("shop"))
    with shop.reading() as db:
        product = shop.product(db, sku)
    return {
        "sku": sku,
        "name": product["name"],
        "category": product["category"],
        "price": shop.pounds(product["price_cents"]),
        "in_stock": product["stock"],
        "discontinued": bool(product["discontinued"]),
        "warranty_months": product["warranty_months"],
    }
