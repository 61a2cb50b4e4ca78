"""Changes of the knowledge base on record: who changed what, and never what documents say."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from podium.core.audit import AuditEntry
from podium.core.canonical import canonical_bytes
from podium.core.clock import to_iso
from podium.core.ids import derived_id, digest_of
from podium.core.model import JsonObject, JsonValue, Model
from podium.storage.audit import AuditFilter
from podium.storage.files import write_whole

if TYPE_CHECKING:
    from podium.core.clock import Clock
    from podium.core.settings import CollectionSettings
    from podium.knowledge.changes import KnowledgeChange
    from podium.storage.audit import AuditLog

MOST_DOCUMENTS: Final = 100
"""Named in one record; a digest stands for all."""
_NAME: Final = "recorded.json"
_NOBODY: Final = "knowledge"


class _Labels(Model):
    """What a collection was declared with."""

    access: str
    trust: str


class _Recorded(Model):
    """What was recorded last: the knowledge base's version, and the collections that were declared."""

    version: str = ""
    declared: dict[str, _Labels] = {}


class KnowledgeRecord:
    """Puts changes into the audit chain.

    The knowledge base has files of its own, so that a process may be killed between a change and its record.
    What was recorded last is therefore kept beside it: a change that nobody recorded is noticed at the next.

    Args:
        folder: Of the knowledge base.
        collections: What the manifest declares.
        audit: The chain.
        clock: Dates the records.
        tenant: Whose data.
    """

    def __init__(
        self,
        folder: Path,
        collections: Mapping[str, CollectionSettings],
        audit: AuditLog,
        clock: Clock,
        tenant: str,
    ) -> None:
        self._place = folder / _NAME
        self._declared = {
            name: _Labels(access=one.access, trust=one.trust) for name, one in sorted(collections.items())
        }
        self._audit = audit
        self._clock = clock
        self._tenant = tenant

    def __call__(self, change: KnowledgeChange) -> None:
        """Record what somebody changed, and before it what is not on record yet."""
        held = self._held() or _Recorded()
        entries = self._of_collections(held, change.by)
        if held.version != change.before and self._recorded_last(held.version) != change.before:
            found: JsonObject = {"change": "found", "before": held.version, "after": change.before}
            entries.append(self._entry("", found))
        entries.append(self._entry(change.by, _facts(change), _names(change)))
        self._audit.append(entries)
        self._keep(change.after)

    def note_collections(self, by: str) -> None:
        """Record that the manifest declares other collections, or other labels, than when documents changed.

        Args:
            by: Who works with them now.
        """
        held = self._held()
        if held is None or not (entries := self._of_collections(held, by)):
            return
        self._audit.append(entries)
        self._keep(held.version)

    def _of_collections(self, held: _Recorded, by: str) -> list[AuditEntry]:
        before, now = held.declared, self._declared
        changed: list[JsonValue] = [
            {"collection": name, "from": _told(before.get(name)), "to": _told(now.get(name))}
            for name in sorted({*before, *now})
            if before.get(name) != now.get(name)
        ]
        if not changed:
            return []
        return [self._entry(by, {"change": "collections", "collections": changed})]

    def _recorded_last(self, known: str) -> str:
        """The version that the chain ends at: beyond the noted one where a process was killed in between.

        Args:
            known: The version that is noted; empty where none is, so that what was put in its place is told.
        """
        latest = self._audit.records(AuditFilter(kind="knowledge", tenant=self._tenant), limit=1)
        return str(latest[-1].data.get("after", known)) if known and latest else known

    def _entry(self, by: str, data: JsonObject, sealed: JsonValue = None) -> AuditEntry:
        now = to_iso(self._clock.now())
        return AuditEntry("knowledge", now, by or _NOBODY, data, sealed, tenant=self._tenant)

    def _held(self) -> _Recorded | None:
        """What was recorded last; None where nothing was, or it cannot be read."""
        try:
            return _Recorded.model_validate_json(self._place.read_bytes())
        except (OSError, ValidationError):
            return None

    def _keep(self, version: str) -> None:
        told = _Recorded(version=version, declared=self._declared)
        write_whole(self._place, canonical_bytes(told.model_dump(mode="json")), mode=0o600)


def _told(labels: _Labels | None) -> JsonValue:
    return None if labels is None else {"access": labels.access, "trust": labels.trust}


def _facts(change: KnowledgeChange) -> JsonObject:
    documents: list[JsonValue] = [
        {"id": derived_id(change.collection, one.source), "version": one.version, "change": one.change}
        for one in change.documents
    ]
    return {
        "change": change.act,
        "collection": change.collection,
        "added": change.count("added"),
        "updated": change.count("updated"),
        "removed": change.count("removed"),
        "documents": documents[:MOST_DOCUMENTS],
        "digest": digest_of(canonical_bytes(documents)),
        "before": change.before,
        "after": change.after,
    }


def _names(change: KnowledgeChange) -> JsonValue:
    """Names of files may be personal."""
    return {
        "sources": {
            derived_id(change.collection, one.source): one.source for one in change.documents[:MOST_DOCUMENTS]
        }
    }
