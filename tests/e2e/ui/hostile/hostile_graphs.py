"""Graphs that mean harm: what they say, ask and are called is to run in a browser, or to break its page."""

from __future__ import annotations

from typing import Annotated, Any

from langchain_core.messages import AIMessage, AnyMessage, ToolMessage
from langgraph.graph import END, START, StateGraph
from langgraph.graph.message import add_messages
from langgraph.types import interrupt
from typing_extensions import TypedDict

RUN = "document.title='harmed'"
HTML = f'<script>{RUN}</script><img src=http://evil.invalid/x onerror="{RUN}"><svg onload="{RUN}">'
TURNED = "\u202e001 yap"
"""Reads "pay 100" where direction marks are followed."""
TERMINAL = "\x1b]8;;javascript:alert(1)\x07link\x1b]8;;\x07\x1b[2J"
MARKDOWN = f"""{HTML}

[script](javascript:{RUN}) [data](data:text/html,{HTML}) [other](//evil.invalid/y) [good](https://example.com/)
![picture](http://evil.invalid/pic.png)

<iframe src="http://evil.invalid/"></iframe> <base href="http://evil.invalid/"> {TURNED} {TERMINAL}
"""
LINE = "A" * 1_000_000
NODE = f"<b onclick={RUN}>{TURNED}"


class Said(TypedDict, total=False):
    """What is said, and names that objects have of themselves."""

    messages: Annotated[list[AnyMessage], add_messages]
    constructor: Any
    __proto__: Any
    line: str


class Anything(TypedDict, total=False):
    """What is kept as messages is none."""

    messages: Any
    answer: Any


def _speak(state: Said) -> dict[str, Any]:
    call = {"id": "call", "name": HTML, "args": {HTML: MARKDOWN, "__proto__": {"harmed": True}}}
    told = ToolMessage(f"{MARKDOWN}{LINE}", tool_call_id="call", name=HTML)
    return {
        "messages": [AIMessage(MARKDOWN, tool_calls=[call]), told, AIMessage("That was all.")],
        "constructor": {"__proto__": {"harmed": True}, "toString": 1},
        "line": LINE,
    }


def _of(state: Any, node: Any) -> Any:
    return StateGraph(state).add_node(NODE, node).add_edge(START, NODE).add_edge(NODE, END).compile()


def _asking(value: Any) -> Any:
    def ask(state: Anything) -> dict[str, Any]:
        return {"answer": interrupt(value)}

    return _of(Anything, ask)


def _holding(value: Any) -> Any:
    def hold(state: Anything) -> dict[str, Any]:
        return {"messages": value}

    return _of(Anything, hold)


speaks = _of(Said, _speak)
asks = _asking(
    {
        "action_requests": [
            {
                "name": HTML,
                "args": {"amount": TURNED, "note": f"{'x' * 900} and £100 more"},
                "description": MARKDOWN,
            }
        ]
    }
)
asks_long = _asking(LINE + HTML)
half_asks = _asking({"action_requests": [None, {}, {"name": 5, "args": "x"}], "review_configs": "x"})
babbles = _holding(
    [
        {"type": 5},
        None,
        {"type": "ai", "content": None, "tool_calls": "x"},
        {
            "type": "ai",
            "content": [None, {"type": "text", "text": {"x": 1}}, "Still here."],
            "tool_calls": [None],
        },
        {"type": "tool", "content": {"x": HTML}, "name": {"y": 1}},
    ]
)
no_list = _holding({"not": HTML})
