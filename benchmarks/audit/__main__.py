"""Verifying an audit chain of 100,000 records, beside hashing the same bytes record by record.

The chain is written the way the product writes it, with a quarter of its records sealing a value, and is
verified from its SQLite file: every hash and link, and every sealed value. The reference hashes the texts of
the same records with SHA-256, one by one, from memory. Both are taken in turns, several times, and the middle
one of the ratios counts. Bar: verifying takes at most 4 times as long.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from benchmarks.report import report

from podium.core.audit import AuditEntry
from podium.core.ids import derived_id
from podium.storage.audit import AuditLog
from podium.storage.database import Database

RECORDS = 100_000
BATCH = 1_000
ROUNDS = 7
SEALS_EVERY = 4


def entry(number: int) -> AuditEntry:
    """A record such as the ledger makes."""
    return AuditEntry(
        kind="effect",
        at=f"2026-01-01T00:{number // 60 % 60:02}:{number % 60:02}.000000Z",
        who=f"local:person-{number % 50}",
        data={
            "effect": derived_id("effect", str(number)),
            "digest": sha256(str(number).encode()).hexdigest(),
            "tool": "issue_refund",
            "from": "approved",
            "to": "started",
            "grant": derived_id("grant", str(number)),
        },
        sealed={"reason": "it arrived damaged", "result": {"refund": number}}
        if number % SEALS_EVERY == 0
        else None,
        thread_id=derived_id("thread", str(number // 20)),
        run_id=derived_id("run", str(number // 10)),
        tenant="default",
    )


def seconds(work: Callable[[], object]) -> float:
    """How long some work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> int:
    """Measure and report."""
    with tempfile.TemporaryDirectory() as folder, Database.open(Path(folder) / "podium.db") as database:
        log = AuditLog(database)
        began = time.perf_counter()
        for start in range(0, RECORDS, BATCH):
            log.append([entry(number) for number in range(start, start + BATCH)])
        appended = (time.perf_counter() - began) / RECORDS
        bodies: list[bytes] = database.read(
            lambda connection: [
                row[0] for row in connection.execute("SELECT CAST(body AS BLOB) FROM audit ORDER BY seq")
            ]
        )

        def verify() -> None:
            found = log.check()
            if found.fault is not None or found.records != RECORDS:
                raise RuntimeError(f"a true chain is said to be broken: {found}")

        def hash_each() -> None:
            for body in bodies:
                sha256(body).hexdigest()

        verify()
        pairs = [(seconds(verify), seconds(hash_each)) for _ in range(ROUNDS)]
    figures = {
        "verify_ratio": statistics.median(verified / hashed for verified, hashed in pairs),
        "verify_s": statistics.median(verified for verified, _ in pairs),
        "append_us": appended * 1e6,
        "record_bytes": sum(map(len, bodies)) / RECORDS,
    }
    reference = {"hash_s": statistics.median(hashed for _, hashed in pairs)}
    return 0 if report("audit", figures, reference, {"verify_ratio": ("<=", 4.0)}) else 1


if __name__ == "__main__":
    sys.exit(main())
