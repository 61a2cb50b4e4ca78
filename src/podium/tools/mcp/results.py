"""What comes back from an MCP server, in Podium's terms."""

from __future__ import annotations

from typing import Any

from podium.models.secrets import one_line


def result_of(message: Any) -> Any:
    """The result of a tool: what it structured, else its text, else its blocks.

    Args:
        message: The tool message that LangChain's adapter makes.
    """
    artifact = message.artifact
    structured = artifact.get("structured_content") if isinstance(artifact, dict) else None
    if isinstance(structured, dict):
        # A server wraps what is no object like this, because the protocol asks for one.
        return structured["result"] if set(structured) == {"result"} else structured
    content = message.content
    if not isinstance(content, list):
        return content
    texts = [
        block.get("text") for block in content if isinstance(block, dict) and block.get("type") == "text"
    ]
    return "\n".join(str(text) for text in texts) if len(texts) == len(content) else content


def refusal_in(error: BaseException) -> str | None:
    """The words of a server that refused; None when the connection broke or the result made no sense.

    Args:
        error: What a request raised.
    """
    from langchain_core.tools import ToolException
    from mcp import McpError
    from mcp.types import CONNECTION_CLOSED

    if isinstance(error, ToolException):
        return one_line(str(error))
    if isinstance(error, McpError) and error.error.code != CONNECTION_CLOSED:
        return one_line(error.error.message)
    return None
