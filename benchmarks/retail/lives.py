"""Work in forked processes, one life after the other, each killed after a while until one ends by itself."""

from __future__ import annotations

import gc
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable


def live(work: Callable[[], None], delays: Iterable[float] = ()) -> tuple[int, float]:
    """Do work that goes on where it was stopped.

    The parent has loaded everything, so that a life costs a fork and not a start.

    Args:
        work: Called in a process of its own, again in each life.
        delays: Seconds after which each life is killed; when they are over a life may end by itself.

    Returns:
        How many lives were killed, and the seconds of the last one.

    Raises:
        RuntimeError: A life failed by itself.
    """
    kills = 0
    for delay in delays:
        killed, _ = _life(work, delay)
        if not killed:
            break
        kills += 1
    _, seconds = _life(work, None)
    return kills, seconds


def _life(work: Callable[[], None], delay: float | None) -> tuple[bool, float]:
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        _child(work)
    ended = os.pidfd_open(child)
    try:
        done, _, _ = select.select([ended], [], [], delay)
    finally:
        os.close(ended)
    if not done:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True, time.perf_counter() - began
    if status != 0:
        raise RuntimeError(f"a life ended by itself with status {status}")
    return False, time.perf_counter() - began


def _child(work: Callable[[], None]) -> None:
    gc.disable()
    code = 1
    try:
        work()
        code = 0
    except BaseException:  # noqa: BLE001 - the parent's stack must not be unwound in the child
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
