"""What a tool is told about the call that it serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from podium.core.errors import UnknownName


@dataclass(frozen=True, slots=True)
class ActionContext:
    """The call's identity, who acts, and what the project gives its tools to work with.

    Attributes:
        idempotency_key: The same for every attempt at one effect, and for no other effect. Undoing the
            effect has a key of its own.
        principal: Who acts.
        tenant: Whose data.
        thread_id: The thread.
        run_id: The run.
        handles: What the project opened for its tools, by name.
    """

    idempotency_key: str = ""
    principal: str = ""
    tenant: str = "default"
    thread_id: str = ""
    run_id: str = ""
    handles: Mapping[str, object] = field(default_factory=dict, repr=False)

    def handle(self, name: str) -> object:
        """What the project opened under the name, such as its world.

        Raises:
            UnknownName: Nothing is open under it.
        """
        try:
            return self.handles[name]
        except KeyError:
            known = ", ".join(sorted(self.handles)) or "nothing"
            raise UnknownName(
                f"no handle {name!r} is open; open: {known}",
                hint="Name the world in podium.toml: [tools] world and world_name.",
            ) from None
