"""Notifications through a program of one's own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from podium.core.errors import NotDelivered
from podium.runtime.notifications.channel import Notification

PASSED: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TZ")
"""The variables that every program gets: where programs, the user and the language are, no secrets."""


class Command:
    """Runs a program for each notification; what it prints is not kept.

    Args:
        command: The program and its arguments, run without a shell.
        folder: Where it runs.
        environ: The environment, of which it gets a few variables.
        passed: Further variables that it gets.
        timeout: Seconds until it is ended, with all that it started.
    """

    def __init__(
        self,
        command: tuple[str, ...],
        *,
        folder: Path,
        environ: Mapping[str, str],
        passed: tuple[str, ...] = (),
        timeout: float = 10.0,
    ) -> None:
        self._command = command
        self._folder = folder
        self._environment = {name: environ[name] for name in (*PASSED, *passed) if name in environ}
        self._timeout = timeout

    async def deliver(self, notification: Notification) -> None:
        """Run the program with the notification on its standard input.

        Raises:
            NotDelivered: It cannot be run, takes too long, or ends with another status than 0.
        """
        program = self._command[0]
        process = await self._started(notification)
        try:
            async with asyncio.timeout(self._timeout):
                await process.communicate(json.dumps(notification.as_json()).encode())
        except TimeoutError:
            raise NotDelivered(f"{program} did not end within {self._timeout:g} seconds") from None
        finally:
            if process.returncode is None:
                await asyncio.shield(_end(process))
        if process.returncode:
            raise NotDelivered(f"{program} ended with status {process.returncode}")

    async def _started(self, notification: Notification) -> Process:
        environment = {
            **self._environment,
            "PODIUM_EVENT": notification.event,
            "PODIUM_NOTIFICATION_ID": notification.id,
        }
        try:
            return await asyncio.create_subprocess_exec(
                *self._command,
                cwd=self._folder,
                env=environment,
                stdin=PIPE,
                stdout=DEVNULL,
                stderr=DEVNULL,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            raise NotDelivered(f"{self._command[0]} cannot be run: {reason}") from None


async def _end(process: Process) -> None:
    """End a program and what it started: it leads a process group of its own."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
