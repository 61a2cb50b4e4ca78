"""All that serves triggers, made together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from podium.runtime.triggers.directory import TriggerDirectory
from podium.runtime.triggers.engine import TriggerEngine
from podium.runtime.triggers.events import EventDesk
from podium.storage.crons import Crons
from podium.storage.firings import Firings
from podium.storage.triggers import Triggers

if TYPE_CHECKING:
    from podium.core.clock import Clock
    from podium.storage.database import Database


@dataclass(frozen=True, slots=True)
class TriggerService:
    """The parts that serve triggers.

    Attributes:
        stored: The triggers of events.
        crons: The schedules, those of the protocol among them.
        firings: What was fired, and what became of it.
        directory: Finds, makes and changes triggers.
        events: Takes events on.
        engine: Fires schedules and carries out firings.
    """

    stored: Triggers
    crons: Crons
    firings: Firings
    directory: TriggerDirectory
    events: EventDesk
    engine: TriggerEngine

    @classmethod
    def of(cls, database: Database, clock: Clock) -> Self:
        """Make them.

        Args:
            database: The open database.
            clock: Decides what is due and what is too old.
        """
        stored, crons, firings = Triggers(database, clock), Crons(database, clock), Firings(database, clock)
        return cls(
            stored=stored,
            crons=crons,
            firings=firings,
            directory=TriggerDirectory(database, clock),
            events=EventDesk(firings, clock),
            engine=TriggerEngine(database, crons, firings, clock),
        )
