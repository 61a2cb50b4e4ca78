"""Traffic as a target uses it: something to put into the seams of a trial, and its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from podium.evals.traffic.file import TrafficFile, TrafficWriter
from podium.evals.traffic.recording import Recording
from podium.evals.traffic.replaying import Replaying

if TYPE_CHECKING:
    from podium.app.seams import Seams
    from podium.tools.tool import Tool

Outside = Callable[["Tool"], bool]
"""Whether a tool reaches outside of the trial's own world."""


class TrialTraffic(Protocol):
    """The traffic of one trial."""

    def into(self, seams: Seams) -> Seams:
        """The seams with the traffic between the app and what is outside."""
        ...

    def end(self) -> None:
        """The trial has ended, well or not.

        Raises:
            NotRecorded: It asked what was not recorded.
        """
        ...


class Traffic(Protocol):
    """The traffic of a run."""

    def of(self, case: str, epoch: int, outside: Outside) -> TrialTraffic:
        """The traffic of a trial.

        Raises:
            NotRecorded: It is to be replayed and was not recorded.
        """
        ...

    def idle(self, seams: Seams) -> Seams:
        """The seams of an app that is opened and asked nothing."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class RecordedRun:
    """Keeps the traffic of every trial.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._writer = TrafficWriter(path)

    def of(self, case: str, epoch: int, outside: Outside) -> TrialTraffic:
        """What keeps the traffic of a trial."""
        return _RecordedTrial(case, epoch, Recording(outside), self._writer)

    def idle(self, seams: Seams) -> Seams:
        """The seams as they are."""
        return seams

    def close(self) -> None:
        """Let go of the file."""
        self._writer.close()


class ReplayedRun:
    """Gives every trial the traffic that was recorded of it.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._file = TrafficFile(path)

    def of(self, case: str, epoch: int, outside: Outside) -> TrialTraffic:
        """What answers a trial."""
        return _ReplayedTrial(Replaying(self._file.tape(case, epoch), outside))

    def idle(self, seams: Seams) -> Seams:
        """The seams without models: a replay needs neither key nor server."""
        return replace(seams, resolve=lambda _name, _resolve: None)

    def close(self) -> None:
        """Nothing is held."""


class _RecordedTrial:
    def __init__(self, case: str, epoch: int, recording: Recording, writer: TrafficWriter) -> None:
        self._case, self._epoch = case, epoch
        self._recording, self._writer = recording, writer
        self.into = recording.into

    def end(self) -> None:
        self._writer.add(self._recording.tape(self._case, self._epoch))


class _ReplayedTrial:
    def __init__(self, replaying: Replaying) -> None:
        self.into = replaying.into
        self.end = replaying.check
