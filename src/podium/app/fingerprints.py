"""Whether a waiting thread still fits the graph that is to go on with it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from podium.core.errors import GraphChanged, StorageError
from podium.graphs.fingerprint import Fingerprint, fingerprint_of, misfits
from podium.storage.files import write_whole

if TYPE_CHECKING:
    from collections.abc import Collection

    from podium.graphs.build import PodiumGraph
    from podium.storage.runs import RunRecord
    from podium.tools.toolbox import Toolbox


class Fingerprints:
    """Keeps the fingerprint of every graph that a run was begun on: `HASH.json` in a folder.

    Args:
        folder: Made with the first one.
        graph: The graph as it is now.
        toolbox: Its tools; those of MCP servers join once the servers run.
    """

    def __init__(self, folder: Path, graph: PodiumGraph, toolbox: Toolbox) -> None:
        self._folder = folder
        self._graph = graph
        self._toolbox = toolbox
        self._now: tuple[int, Fingerprint] | None = None

    def keep(self) -> str:
        """Keep the present fingerprint, and name it.

        Raises:
            StorageError: It cannot be written.
        """
        now = self._present()
        path = self._folder / f"{now.hash}.json"
        if not path.exists():
            try:
                write_whole(path, now.model_dump_json().encode())
            except OSError as error:
                raise StorageError(
                    f"{path} cannot be written: {error.strerror}",
                    hint="Check the permissions of the project.",
                ) from None
        return now.hash

    def check(self, run: RunRecord | None, tools: Collection[str]) -> None:
        """Make sure that a thread can go on.

        Args:
            run: Its last run; without one, or of one that nothing was kept of, nothing is known.
            tools: The tools of the actions that wait and may be carried out.

        Raises:
            GraphChanged: Something that it relies on is gone or different.
        """
        before = self._kept(run.graph.rpartition("@")[2]) if run is not None and "@" in run.graph else None
        if run is None or before is None:
            return
        waits_at = (run.output or {}).get("waits_at") or ()
        found = misfits(before, self._present(), waits_at=waits_at, tools=tools)
        if found:
            raise GraphChanged(
                f"thread {run.thread_id} no longer fits the graph: {'; '.join(found)}",
                hint="Put back what it needs, reject what waits, or go back with"
                f" 'podium rollback {run.thread_id}'.",
            )

    def _present(self) -> Fingerprint:
        specs = self._toolbox.specs()
        if self._now is None or self._now[0] != len(specs):
            self._now = (len(specs), fingerprint_of(self._graph, specs))
        return self._now[1]

    def _kept(self, name: str) -> Fingerprint | None:
        try:
            return Fingerprint.model_validate_json((self._folder / f"{name}.json").read_bytes())
        except (OSError, ValueError):
            return None
