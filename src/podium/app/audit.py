"""`AuditTrail`: the audit chain of a project, to look at, check, hand out, sign and forget from."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from podium.app.audit_file import ExportRow, check_file, end_file, read_ends, write_file
from podium.app.encryption import open_database
from podium.app.project import Project
from podium.core.audit import AUDIT_FORMAT, AuditRecord
from podium.core.audit_check import Checked, Fault, Head
from podium.core.clock import Clock, SystemClock, to_iso
from podium.core.errors import ChainBroken, ConfigError, InputError
from podium.core.model import JsonObject
from podium.core.secrets import read_secret
from podium.core.settings import AuditSettings
from podium.core.signing import Signer, is_signed, public_key
from podium.storage import audit_upkeep as upkeep
from podium.storage.audit import AuditFilter, check, select
from podium.storage.audit_rows import head_of
from podium.storage.database import Database

if TYPE_CHECKING:
    from podium.app.notifications import Notifications

_EXPORT = (
    "SELECT a.hash, a.body, s.salt, s.value, p.principal FROM audit a"
    " LEFT JOIN audit_sealed s ON s.seq=a.seq"
    " LEFT JOIN audit_people p ON p.name=json_extract(a.body, '$.who')"
    " WHERE a.seq<=? ORDER BY a.seq"
)


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What checking a chain found.

    Attributes:
        records: How many records are whole, up to the first fault.
        head: The last of them.
        fault: What is wrong first; None where nothing is.
        put_away: How many records lie in closed segments.
        signed: The last record that a signature vouches for; 0 for none.
        trusted: Whether that signature was checked with a key that the project or the caller names.
    """

    records: int
    head: Head
    fault: Fault | None
    put_away: int = 0
    signed: int = 0
    trusted: bool = False

    def raise_for_fault(self) -> None:
        """Say what is wrong.

        Raises:
            ChainBroken: Something is.
        """
        if self.fault is not None:
            raise ChainBroken(
                f"the audit chain is broken: {self.fault.message}",
                hint="Compare it with an export or a backup; keep the file as it is.",
            )


def signer_of(settings: AuditSettings, folder: Path, environ: Mapping[str, str]) -> Signer | None:
    """What signs for a project; None where the manifest names no key.

    Raises:
        ConfigError: The key is missing, or is none.
    """
    if settings.signing_key_file is None and settings.signing_key_env is None:
        return None
    text = read_secret(
        "audit",
        file=settings.signing_key_file,
        variable=settings.signing_key_env,
        environ=environ,
        folder=folder,
    )
    return Signer.from_text(text)


class AuditTrail:
    """The chain of a project. Reading needs no key, no model and no graph.

    Args:
        project: The project.
        database: Its open database.
        clock: Dates what is signed and erased.
        environ: The environment, for a key.
    """

    def __init__(
        self,
        project: Project,
        database: Database,
        *,
        clock: Clock | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._project = project
        self._settings = project.manifest.audit
        self._database = database
        self._clock = clock or SystemClock()
        self._environ = os.environ if environ is None else environ

    @classmethod
    @contextmanager
    def opened(cls, project: Project) -> Iterator[AuditTrail]:
        """The chain of a project, closed at the end of the block.

        Raises:
            InputError: Nothing was ever recorded.
        """
        if not project.database.exists():
            raise InputError(f"nothing is recorded in {project.folder}", hint="Ask something first.")
        with open_database(project) as database:
            yield cls(project, database)

    # --- looking ---------------------------------------------------------------------------------

    def verify(self, *, key: str | None = None, heads: Path | None = None) -> AuditReport:
        """Check every record, what is sealed, the signed heads and the summaries of closed segments.

        Args:
            key: The public key to trust; the project's own when None.
            heads: A file with signed heads that were kept elsewhere, one a line.

        A fault is told at once over the channels that the manifest names.
        """
        report = self.check(key=key, heads=heads)
        if report.fault is not None:
            notifications = self._notifications()
            notifications.chain_broken(report.fault)
            notifications.deliver()
        return report

    def check(self, *, key: str | None = None, heads: Path | None = None) -> AuditReport:
        """What `verify` finds, told to nobody."""
        trusted = self.trusted_keys(key)
        extra = read_heads(heads) if heads is not None else []
        return self._database.read(lambda connection: _verify(connection, trusted, extra))

    def records(self, wanted: AuditFilter, *, limit: int | None = None) -> list[AuditRecord]:
        """The records that are wanted, oldest first; with a limit, the latest of them."""
        return self._database.read(lambda connection: select(connection, wanted, limit))

    def export(self, file: IO[str], *, sealed: bool = False) -> Head:
        """Write the chain as JSON Lines that can be checked on their own; its head.

        Args:
            file: Where to.
            sealed: Whether to tell what is sealed, and who acted.
        """
        signer = self.signer()

        def work(connection: sqlite3.Connection) -> Head:
            segments = upkeep.segments_of(connection)
            start = _start(segments)
            rows = _rows(connection, head_of(connection).seq, sealed=sealed)
            return write_file(file, start, rows, segment=segments[-1] if segments else None)

        head = self._database.read(work)
        end_file(file, self._statement(head, signer))
        return head

    # --- vouching --------------------------------------------------------------------------------

    def signer(self) -> Signer | None:
        """What signs; None where the manifest names no key."""
        return signer_of(self._settings, self._project.folder, self._environ)

    def trusted_keys(self, key: str | None = None) -> frozenset[str]:
        """The public keys that signatures are checked with; none where nobody names one."""
        if key is not None:
            return frozenset({public_key(key)})
        keys = {public_key(named) for named in self._settings.public_keys}
        signer = self.signer()
        return frozenset(keys | {signer.public} if signer else keys)

    def sign(self) -> JsonObject:
        """Sign the head, keep that, and give it.

        Raises:
            ConfigError: The manifest names no key.
        """
        signer = self._need_signer()
        statement = self._statement(self._database.read(head_of), signer)
        self._database.write(upkeep.keep_head(statement), durable=True)
        if self._settings.heads_file is not None:
            place = self._project.folder / Path(self._settings.heads_file).expanduser()
            with place.open("a", encoding="utf-8") as file:
                file.write(json.dumps(statement) + "\n")
        return statement

    def sign_if_new(self) -> bool:
        """Sign the head if there is a key and records that nobody vouches for; whether it was."""
        if self._settings.signing_key_file is None and self._settings.signing_key_env is None:
            return False
        head, signed = self._database.read(lambda c: (head_of(c).seq, upkeep.newest_head(c)))
        if head == signed:
            return False
        self.sign()
        return True

    # --- forgetting ------------------------------------------------------------------------------

    def erase(self, scope: upkeep.Scope, of: str, *, who: str, reason: str = "") -> int:
        """Forget what is sealed with some records; how many values that were. The chain stays whole.

        Args:
            scope: Of what.
            of: The thread or the start of its id, the principal, or the number of the record.
            who: Who asked for it.
            reason: Why.

        Raises:
            NotFound: The chain knows none such.
            InputError: Several threads begin so.
        """
        if scope == "thread":
            of = self._database.read(lambda connection: upkeep.whole_id(connection, of))
        work = upkeep.erase(scope, of, who=who, reason=reason, at=self._now())
        erased = self._database.write(work, durable=True)
        with closing(sqlite3.connect(self._project.database, isolation_level=None)) as connection:
            # Else the pages as they were would lie in the log until it is written over.
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.sign_if_new()
        return erased

    def close_before(self, moment: datetime, file: Path, *, who: str) -> JsonObject | None:
        """Put the records before a moment into a file, and keep their signed summary in their place.

        What was sealed with them is forgotten.

        Args:
            moment: An aware moment.
            file: The file, which must not be there yet.
            who: Who asked for it.

        Returns:
            The summary; None where no record is so old.

        Raises:
            ConfigError: The manifest names no key.
            ChainBroken: The chain is not whole, so nothing is put away.
        """
        signer = self._need_signer()
        self.verify().raise_for_fault()
        segments = self._database.read(upkeep.segments_of)
        start, limit = _start(segments), to_iso(moment)
        span = self._database.read(lambda connection: upkeep.span_before(connection, limit, start))
        if span is None:
            return None
        self._notifications().collect()  # what nobody was told of yet must not go unread
        self._archive(file, span, start, segments[-1] if segments else None, signer)
        summary = signer.sign(
            {
                "podium_audit": AUDIT_FORMAT,
                "first": span.first,
                "last": span.last.seq,
                "after": span.after,
                "head": span.last.hash,
                "since": span.since,
                "until": span.until,
                "kinds": dict(span.kinds),
                "closed_at": self._now(),
            }
        )
        self._database.write(upkeep.put_away(span, summary, who=who, at=self._now()), durable=True)
        self.sign()
        return summary

    def _archive(
        self, path: Path, span: upkeep.Span, start: Head, segment: dict[str, Any] | None, signer: Signer
    ) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            file = path.open("x", encoding="utf-8")
        except FileExistsError:
            raise InputError(f"{path} is there already", hint="Name another file with --out.") from None
        with file:
            head = self._database.read(
                lambda connection: write_file(
                    file, start, _rows(connection, span.last.seq, sealed=False), segment=segment
                )
            )
            end_file(file, self._statement(head, signer))

    def _notifications(self) -> Notifications:
        from podium.app.notifications import Notifications

        return Notifications(self._project, self._database, clock=self._clock, environ=self._environ)

    def _need_signer(self) -> Signer:
        signer = self.signer()
        if signer is None:
            raise ConfigError(
                "podium.toml names no key that signs the audit chain",
                hint="Make one with 'podium audit key FILE' and name it: [audit] signing_key_file.",
            )
        return signer

    def _statement(self, head: Head, signer: Signer | None) -> JsonObject:
        said: JsonObject = {
            "podium_audit": AUDIT_FORMAT,
            "seq": head.seq,
            "hash": head.hash,
            "at": self._now(),
        }
        return signer.sign(said) if signer else said

    def _now(self) -> str:
        return to_iso(self._clock.now())


def verify_file(path: Path, *, key: str | None = None, heads: Path | None = None) -> AuditReport:
    """Check an export, without the project that it comes from.

    Args:
        path: The file.
        key: The public key to trust; None checks signatures with the key that they name.
        heads: A file with signed heads that were kept elsewhere, one a line.

    Raises:
        InputError: It is no export.
        ConfigError: The key is none.
    """
    trusted = frozenset[str]() if key is None else frozenset({public_key(key)})
    begin, end = read_ends(path)
    segment, after = begin.get("segment"), int(begin.get("seq") or 0)
    if segment is not None and not _covers(segment, Head(after, str(begin.get("hash"))), trusted):
        return AuditReport(
            0, Head(), Fault("removed", 1, f"nothing vouches for the records before {after + 1}")
        )
    statements = [*([end] if end.get("signature") else []), *(read_heads(heads) if heads is not None else [])]
    vouched, fault = _vouched(statements, trusted)
    if fault is not None:
        return AuditReport(0, Head(), fault)
    known = [*vouched, *([Head(end["seq"], end["hash"])] if end else [])]
    found = check_file(path, begin, known)
    if found.fault is None and not end:
        place = found.head.seq + 1
        found = Checked(
            found.records, found.head, Fault("cut off", place, f"the file ends before record {place}")
        )
    return _report(found, vouched, trusted, put_away=after)


def read_heads(path: Path) -> list[dict[str, Any]]:
    """Signed heads from a file, one a line.

    Raises:
        InputError: The file cannot be read, or holds something else.
    """
    try:
        found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it holds something else"
        raise InputError(
            f"{path} cannot be read: {reason}", hint="Name what 'podium audit sign' gave."
        ) from None
    if not all(isinstance(item, dict) and "seq" in item and "hash" in item for item in found):
        raise InputError(f"{path} holds no signed heads", hint="Name what 'podium audit sign' gave.")
    return found


def chain_report(connection: sqlite3.Connection) -> AuditReport:
    """Check a chain with all that lies beside it, as one that belongs to no project.

    Signatures are checked with the keys that they name.

    Args:
        connection: To read with; it sees one moment.
    """
    return _verify(connection, frozenset(), [])


def _verify(
    connection: sqlite3.Connection, trusted: frozenset[str], extra: list[dict[str, Any]]
) -> AuditReport:
    segments = upkeep.segments_of(connection)
    start = _start(segments)
    if segments and not (
        all(is_signed(segment, keys=trusted) for segment in segments)
        and upkeep.is_on_record(connection, segments)
    ):
        words = f"nothing vouches for the records up to {start.seq} that are not there"
        return AuditReport(0, Head(), Fault("removed", 1, words))
    vouched, fault = _vouched([*upkeep.heads_of(connection), *extra], trusted)
    if fault is not None:
        return AuditReport(0, Head(), fault, put_away=start.seq)
    found = check(connection, start=start, heads=[head for head in vouched if head.seq > start.seq])
    return _report(found, vouched, trusted, put_away=start.seq)


def _vouched(statements: list[dict[str, Any]], trusted: frozenset[str]) -> tuple[list[Head], Fault | None]:
    """The heads that are truly signed, and what is wrong where one is not."""
    heads: list[Head] = []
    for said in statements:
        if not is_signed(said, keys=trusted):
            words = f"the signature of the head at record {said.get('seq')} is not true"
            return [], Fault("changed", int(said.get("seq") or 0), words)
        heads.append(Head(said["seq"], said["hash"]))
    return heads, None


def _covers(segment: dict[str, Any], start: Head, trusted: frozenset[str]) -> bool:
    return Head(segment.get("last", 0), segment.get("head", "")) == start and is_signed(segment, keys=trusted)


def _report(found: Checked, vouched: list[Head], trusted: frozenset[str], *, put_away: int) -> AuditReport:
    signed = max((head.seq for head in vouched), default=0)
    return AuditReport(
        found.records, found.head, found.fault, put_away, signed, trusted=signed > 0 and bool(trusted)
    )


def _start(segments: list[dict[str, Any]]) -> Head:
    return Head(segments[-1]["last"], segments[-1]["head"]) if segments else Head()


def _rows(connection: sqlite3.Connection, last: int, *, sealed: bool) -> Iterator[ExportRow]:
    for digest, body, salt, value, person in connection.execute(_EXPORT, (last,)):
        if sealed:
            yield ExportRow(digest, body, salt, value, person or "")
        else:
            yield ExportRow(digest, body)
