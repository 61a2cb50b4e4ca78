"""A real MCP server on stdin and stdout; `python mcp_server.py FILE` writes its notes into the file.

With a port as well, it speaks streamable HTTP on it instead.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from mcp.server.fastmcp import FastMCP

server = FastMCP("lighthouse")
NOTES = Path(sys.argv[1])


@server.tool()
def add(a: int, b: int) -> int:
    """Add two numbers."""
    return a + b


@server.tool()
def describe(place: str) -> dict[str, Any]:
    """Describe a place."""
    return {"place": place, "lamps": 3}


@server.tool()
def note(text: str) -> str:
    """Write a note down."""
    with NOTES.open("a", encoding="utf-8") as file:
        file.write(f"{text}\n")
    return "written"


@server.tool()
def refuse() -> str:
    """Say no."""
    raise ValueError("not today")


@server.tool()
def die() -> str:
    """End the process in the middle of a call."""
    os._exit(3)


@server.tool()
def whoami() -> list[str]:
    """Tell the process and what it may see."""
    return [str(os.getpid()), os.environ.get("LIGHTHOUSE_TOKEN", ""), os.environ.get("OTHER_SECRET", "")]


@server.resource("light://lamp", title="The lamp")
def lamp() -> str:
    """How the lamp is kept."""
    return "The lamp burns for nine hours with one filling of oil."


@server.resource("light://stairs", title="The stairs")
def stairs() -> str:
    """How many steps there are."""
    return "The stairs have two hundred steps."


if __name__ == "__main__":
    if len(sys.argv) > 2:
        server.settings.port = int(sys.argv[2])
    server.run("streamable-http" if len(sys.argv) > 2 else "stdio")
