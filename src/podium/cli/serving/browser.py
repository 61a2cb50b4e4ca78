"""Showing the UI to whoever has started a server, where there is somebody to look."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Mapping


def can_show(environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether a person sits at a terminal and has a browser with windows.

    Args:
        environ: The environment.
        platform: As `sys.platform` names it.
    """
    if environ.get("CI") or environ.get("BROWSER") == "none" or not sys.stderr.isatty():
        return False
    # Elsewhere a browser would take over the terminal itself.
    windows = platform in ("win32", "darwin") or environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")
    return bool(windows) and not (environ.get("SSH_CONNECTION") and platform == "darwin")


def show(url: str) -> None:
    """Open an address in the person's browser; that it cannot be opened is no failure.

    Args:
        url: The address.
    """
    import webbrowser

    # A browser that is not running yet takes its time, and some end only when they are closed.
    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
