"""Tools and resources of MCP servers, under the project's effect classes."""

from podium.tools.mcp.servers import McpServers, Opened

__all__ = ["McpServers", "Opened"]
