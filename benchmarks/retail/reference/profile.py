"""The action on a user's profile: another default address."""

from __future__ import annotations

from benchmarks.retail.reference.draft import Draft


def modify_user_address(
    draft: Draft,
    *,
    user_id: str,
    address1: str,
    address2: str,
    city: str,
    state: str,
    country: str,
    zip: str,  # noqa: A002 - the tasks name this argument so
) -> None:
    """Give a user another default address; orders keep theirs."""
    draft.user(user_id)["address"] = {
        "address1": address1,
        "address2": address2,
        "city": city,
        "state": state,
        "country": country,
        "zip": zip,
    }
