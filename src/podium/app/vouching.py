"""Signs the head of the audit chain beside the runs of an open app, where the manifest names a key."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from podium.core.errors import PodiumError

if TYPE_CHECKING:
    from podium.app.project import Project
    from podium.core.clock import Clock
    from podium.storage.database import Database


class Vouching:
    """Signs now and then, and when the app closes; no run waits for it.

    Args:
        project: The project.
        database: Its open database.
        clock: Dates the signatures.
        environ: The environment, for the key.

    Raises:
        ConfigError: The key is missing, or is none.
    """

    def __init__(
        self, project: Project, database: Database, clock: Clock, environ: Mapping[str, str] | None = None
    ) -> None:
        settings = project.manifest.audit
        self._every = settings.sign_seconds
        self._signed_at = time.monotonic()
        self._lock = threading.Lock()
        self._trail = None
        if settings.signing_key_file is not None or settings.signing_key_env is not None:
            from podium.app.audit import AuditTrail

            environment = os.environ if environ is None else environ
            self._trail = AuditTrail(project, database, clock=clock, environ=environment)
            self._trail.signer()

    def nudge(self) -> None:
        """A run has ended; returns at once."""
        if self._trail is not None and time.monotonic() - self._signed_at >= self._every:
            self._signed_at = time.monotonic()
            threading.Thread(target=self._sign, name="podium-sign", daemon=True).start()

    def close(self) -> None:
        """Sign what nobody vouches for yet."""
        self._sign()

    def _sign(self) -> None:
        if self._trail is None:
            return
        with self._lock:
            try:
                self._trail.sign_if_new()
            except (PodiumError, OSError):
                return  # 'podium audit verify' says up to where the chain is signed
