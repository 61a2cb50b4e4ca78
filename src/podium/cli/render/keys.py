"""The keys of the server as people and programs read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from podium.cli.render.moments import moment
from podium.cli.render.records import columns
from podium.cli.text import one_line, short

if TYPE_CHECKING:
    from rich.console import Console

    from podium.storage.api_keys import ApiKey


def key_object(key: ApiKey) -> dict[str, Any]:
    """What is known of a key, for programs."""
    return {
        "key_id": key.key_id,
        "name": key.name,
        "tenant": key.tenant,
        "owner": key.owner,
        "scopes": sorted(key.scopes),
        "roles": sorted(key.roles),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "last_used_at": key.last_used_at,
    }


def show_keys(out: Console, keys: Sequence[ApiKey]) -> None:
    """Print keys, one a line."""
    if not keys:
        out.print("No keys yet. Make one: podium keys new NAME")
        return
    table = columns("ID", "Name", "Tenant", "Owner", "Good for", "Until", "Used last")
    for key in keys:
        until = "taken back" if key.revoked_at else moment(key.expires_at) if key.expires_at else "for good"
        used = moment(key.last_used_at) if key.last_used_at else "never"
        scopes = ", ".join(sorted(key.words))
        table.add_row(
            short(key.key_id),
            one_line(key.name, 40),
            key.tenant,
            one_line(key.owner, 40),
            scopes,
            until,
            used,
        )
    out.print(table)
