"""The sentences of the policy that can refuse a call, word for word, and the refusal that quotes them."""

from __future__ import annotations

from enum import StrEnum


class Rule(StrEnum):
    """Each value stands in `policy.md` exactly as here, its misspellings too."""

    CANCEL_PENDING = "An order can only be cancelled if its status is 'pending'"
    CANCEL_REASON = (
        "the reason (either 'no longer needed' or 'ordered by mistake') for cancellation. "
        "Other reasons are not acceptable."
    )
    MODIFY_PENDING = "An order can only be modified if its status is 'pending'"
    ITEMS_ONCE = (
        "This action can only be called once, and will change the order status to 'pending (items modifed)'. "
        "The agent will not be able to modify or cancel the order anymore."
    )
    NEW_PAYMENT_DIFFERS = (
        "The user can only choose a single payment method different from the original payment method."
    )
    NEW_PAYMENT_COVERS = (
        "If the user wants the modify the payment method to gift card, "
        "it must have enough balance to cover the total amount."
    )
    MODIFY_TO_VARIANT = (
        "each item can be modified to an available new item of the same product "
        "but of different product option"
    )
    DIFFERENCE_COVERED = (
        "If the user provides a gift card, it must have enough balance to cover the price difference."
    )
    RETURN_DELIVERED = "An order can only be returned if its status is 'delivered'"
    RETURN_LIST = "The user needs to confirm the order id and the list of items to be returned."
    REFUND_TO = "The refund must either go to the original payment method, or an existing gift card."
    EXCHANGE_DELIVERED = "An order can only be exchanged if its status is 'delivered'"
    EXCHANGE_TO_VARIANT = (
        "each item can be exchanged to an available new item of the same product "
        "but of different product option"
    )


class Refused(Exception):
    """The call must change nothing; the text is the reason."""

    @classmethod
    def by(cls, rule: Rule, facts: str) -> Refused:
        """A refusal by a rule of the policy, after the facts that break it."""
        return cls(f"{facts}: policy: {rule}")
