"""An assistant on any Agent Server as a target."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from podium.core.errors import ConfigError, PodiumError
from podium.core.model import JsonObject
from podium.evals.case import Case, Turn
from podium.evals.observation import Observation
from podium.evals.suite import AssistantSpec
from podium.evals.targets.exchange import INTERRUPT, graph_input, observed, resume_value
from podium.evals.world import World

if TYPE_CHECKING:
    from langgraph_sdk.client import LangGraphClient


class AssistantTarget:
    """Runs cases on an assistant over HTTP, each in a thread of its own.

    Args:
        spec: Where the server is, and how input and output are shaped.
    """

    def __init__(self, spec: AssistantSpec) -> None:
        self._spec = spec
        self._client: LangGraphClient | None = None
        self._versions: dict[str, str] = {}
        self.name = f"assistant {spec.assistant} at {spec.url}"

    @property
    def versions(self) -> Mapping[str, str]:
        """The assistant's version, where the server tells it."""
        return self._versions

    async def open(self) -> None:
        """Reach the server.

        Raises:
            ConfigError: The variable with the key is not set.
        """
        from langgraph_sdk import get_client

        key = None
        if self._spec.api_key_env is not None:
            key = os.environ.get(self._spec.api_key_env)
            if not key:
                raise ConfigError(
                    f"target.api_key_env: the environment variable {self._spec.api_key_env} is not set",
                    hint=f"export {self._spec.api_key_env}=…",
                )
        self._client = get_client(url=self._spec.url, api_key=key)

    async def run(self, case: Case, world: World, /) -> Observation:  # noqa: ARG002 - it is out of reach
        """Run the case in a new thread.

        Raises:
            PodiumError: The server cannot be reached, or the run failed.
        """
        if case.faults:
            raise ConfigError(
                "faults are injected into projects only", hint="Evaluate a project, or take the faults out."
            )
        assert self._client is not None  # noqa: S101 - the runner opens a target first
        began = time.perf_counter()
        thread = await self._client.threads.create()
        run = _Run(self._client, thread["thread_id"], self._spec)
        try:
            for turn in case.turns or (Turn(user=""),):
                await run.take(turn, case.input if not case.turns else turn.user)
        finally:
            await _delete(self._client, thread["thread_id"])
        found = observed(
            run.values,
            trajectory=run.trajectory,
            output=self._spec.output,
            waits=bool(run.interrupts),
            turns=run.turns,
        )
        return found.model_copy(update={"seconds": round(time.perf_counter() - began, 6)})

    async def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            await self._client.aclose()


class _Run:
    """One case in one thread of the server."""

    def __init__(self, client: LangGraphClient, thread: str, spec: AssistantSpec) -> None:
        self._client = client
        self._thread = thread
        self._spec = spec
        self.values: Any = None
        self.trajectory: list[str] = []
        self.interrupts: list[Any] = []
        self.turns: list[JsonObject] = []

    async def take(self, turn: Turn, value: Any) -> None:
        """Take one turn; a decision where nothing waits is left out."""
        if turn.user is not None:
            given: dict[str, Any] = {"input": graph_input(self._spec.input, value)}
        elif turn.decision == "rollback" or not self.interrupts:
            return
        else:
            given = {"command": {"resume": resume_value(turn, self.interrupts)}}
        self.interrupts = []
        async for part in self._client.runs.stream(
            self._thread, self._spec.assistant, stream_mode=["updates", "values"], **given
        ):
            data: Any = part.data
            if part.event == "error":
                raise PodiumError(f"the run failed: {_message(data)}", hint="Look into the server's log.")
            if part.event == "values":
                self.values = data
            elif part.event == "updates" and isinstance(data, dict):
                for node, update in data.items():
                    self.trajectory.append(node)
                    if node == INTERRUPT:
                        self.interrupts += [one.get("value") for one in update]
        self.turns.append({"interrupts": self.interrupts})


async def _delete(client: LangGraphClient, thread: str) -> None:
    """Delete the thread; a server that does not let us keeps it."""
    import httpx
    from langgraph_sdk.errors import APIError

    try:
        await client.threads.delete(thread)
    except (httpx.HTTPError, APIError):
        return


def _message(data: Any) -> str:
    if isinstance(data, Mapping):
        return " ".join(str(data[name]) for name in ("error", "message") if data.get(name)) or str(dict(data))
    return str(data)
