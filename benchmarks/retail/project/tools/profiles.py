"""Changing the default address of a user."""

from __future__ import annotations

import json
from typing import Any

from benchmarks.retail.project.tools.changes import made, store_of
from benchmarks.retail.project.tools.store import one
from pydantic import BaseModel

from podium import ActionContext, ActionError, action


class UserAddress(BaseModel):
    """Whose address becomes which."""

    user_id: str
    address1: str
    address2: str
    city: str
    state: str
    country: str
    zip: str

    def text(self) -> str:
        """The address as the shop stores it."""
        return json.dumps(self.model_dump(exclude={"user_id"}))


def preview(ctx: ActionContext, args: UserAddress) -> dict[str, Any]:
    """The address before and after."""
    with store_of(ctx).reading() as db:
        user = one(db, "users", "user_id", args.user_id)
    return {"before": json.loads(user["address"]), "after": json.loads(args.text())}


def reads(ctx: ActionContext, args: UserAddress, _: dict[str, Any]) -> bool:
    """Whether the user has the address."""
    with store_of(ctx).reading() as db:
        return bool(one(db, "users", "user_id", args.user_id)["address"] == args.text())


def restore(ctx: ActionContext, args: UserAddress, result: dict[str, Any]) -> dict[str, Any]:
    """Give the user the former address again, unless it was changed once more since."""
    store = store_of(ctx)
    known = store.changed(ctx.idempotency_key)
    if known is not None:
        return known

    def work(db: Any) -> dict[str, Any]:
        if one(db, "users", "user_id", args.user_id)["address"] != args.text():
            raise ActionError(f"the address of {args.user_id} was changed again since")
        sql = "UPDATE users SET address = ? WHERE user_id = ?"
        db.execute(sql, (result["was"], args.user_id))
        return {"user_id": args.user_id}

    return store.change(ctx.idempotency_key, "take_back", work)


@action(
    "reversible",
    target="user/{user_id}",
    preview=preview,
    verify=reads,
    compensate=restore,
    reconcile=made,
)
def modify_user_address(ctx: ActionContext, args: UserAddress) -> dict[str, Any]:
    """Change the default address of a user."""

    def work(db: Any) -> dict[str, Any]:
        was = one(db, "users", "user_id", args.user_id)["address"]
        db.execute("UPDATE users SET address = ? WHERE user_id = ?", (args.text(), args.user_id))
        return {"user_id": args.user_id, "was": was}

    return store_of(ctx).change(ctx.idempotency_key, "modify_user_address", work)
