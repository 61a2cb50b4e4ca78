"""A real HTTP server that speaks OpenAI's chat completions, with faults on demand."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, cast

Fault = Literal[
    "unauthorized",
    "rate_limited",
    "server_error",
    "cut",
    "not_json",
    "refusal",
    "stall",
    "context_too_long",
    "no_json_schema",
    "length",
]
"""What a scripted reply does instead of answering; `cut` ends the response in the middle."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One scripted reply.

    Attributes:
        text: The assistant's content; malformed JSON and broken schemas are simply texts.
        fault: What happens instead.
        retry_after: Seconds for the `Retry-After` header of `rate_limited` and `server_error`.
    """

    text: str = ""
    fault: Fault | None = None
    retry_after: str | None = None


Answer = Callable[[dict[str, Any]], "Reply | str"]
"""Works a reply out from the body of a request."""


@dataclass(slots=True)
class _Script:
    replies: list[Reply | Answer]
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self, request: dict[str, Any], key: str) -> Reply:
        """The next reply; the last one is repeated for ever."""
        with self.lock:
            self.requests.append(request)
            self.keys.append(key)
            reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
            found = reply if isinstance(reply, Reply) else reply(request)
            return found if isinstance(found, Reply) else Reply(found)


class OpenAIServer:
    """Serves scripted replies on a free port of 127.0.0.1 while its `with` block lasts.

    Args:
        replies: What to reply, in order; the last one is repeated. A text is a plain reply, a function is
            given the body of the request.
    """

    def __init__(self, *replies: Reply | Answer | str) -> None:
        if not replies:
            raise ValueError("at least one reply")
        self._script = _Script([Reply(item) if isinstance(item, str) else item for item in replies])
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.script = self._script
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )

    @property
    def base_url(self) -> str:
        """What a client takes as its base URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def requests(self) -> list[dict[str, Any]]:
        """The bodies of the requests so far."""
        return self._script.requests

    @property
    def keys(self) -> list[str]:
        """The keys that the requests carried."""
        return self._script.keys

    def __enter__(self) -> OpenAIServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._script.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    script: _Script

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is nothing to speak of; all else is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        size = int(self.headers["Content-Length"])
        data = self.rfile.read(size)
        if len(data) < size:
            self.close_connection = True
            return
        body = json.loads(data)
        script = cast("_Server", self.server).script
        reply = script.next(body, self.headers.get("Authorization", "").removeprefix("Bearer "))
        match reply.fault:
            case "unauthorized":
                key = self.headers.get("Authorization", "")
                self._error(401, f"Incorrect API key provided: {key}", "invalid_api_key")
            case "rate_limited":
                self._error(429, "Rate limit reached", "rate_limit_exceeded", reply.retry_after)
            case "server_error":
                self._error(500, "The server had an error", "server_error", reply.retry_after)
            case "context_too_long":
                self._error(
                    400, "This model's maximum context length is 10 tokens", "context_length_exceeded"
                )
            case "no_json_schema" if "response_format" in body:
                self._error(400, "response_format is not supported", "unsupported_parameter")
            case "not_json":
                self._send(200, b"<html>not an API</html>")
            case "stall":
                script.closing.wait()
                self.close_connection = True
            case _:
                self._complete(body, reply)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Nothing is logged."""

    def _complete(self, body: dict[str, Any], reply: Reply) -> None:
        message, finish = _message(body, reply)
        if body.get("stream"):
            self._stream(message, finish, cut=reply.fault == "cut")
            return
        usage = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
        choice = {"index": 0, "message": message, "finish_reason": finish}
        data = json.dumps(_envelope("chat.completion", choices=[choice], usage=usage)).encode()
        self._send(200, data, cut=reply.fault == "cut")

    def _stream(self, message: dict[str, Any], finish: str, *, cut: bool) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        text = message.get("content") or ""
        deltas = [
            {"role": "assistant", "content": text[: len(text) // 2]},
            {"content": text[len(text) // 2 :]},
        ]
        for delta in deltas[:1] if cut else deltas:
            self._event(_envelope("chat.completion.chunk", choices=[{"index": 0, "delta": delta}]))
        if cut:
            self.close_connection = True
            return
        end = {"index": 0, "delta": {}, "finish_reason": finish}
        self._event(_envelope("chat.completion.chunk", choices=[end]))
        self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _event(self, data: dict[str, Any]) -> None:
        self._chunk(b"data: " + json.dumps(data).encode() + b"\n\n")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def _error(self, status: int, message: str, code: str, retry_after: str | None = None) -> None:
        data = json.dumps({"error": {"message": message, "type": code, "code": code}}).encode()
        self._send(status, data, retry_after=retry_after)

    def _send(self, status: int, data: bytes, *, cut: bool = False, retry_after: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if retry_after is not None:
            self.send_header("Retry-After", retry_after)
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if cut else data)
        self.close_connection = cut or self.close_connection


def _message(body: dict[str, Any], reply: Reply) -> tuple[dict[str, Any], str]:
    if reply.fault == "refusal":
        return {"role": "assistant", "content": None, "refusal": "I cannot help with that."}, "stop"
    if body.get("tools") and "response_format" not in body:
        function = {"name": body["tools"][0]["function"]["name"], "arguments": reply.text}
        calls = [{"id": "call_1", "type": "function", "function": function}]
        return {"role": "assistant", "content": None, "tool_calls": calls}, "tool_calls"
    finish = "length" if reply.fault == "length" else "stop"
    return {"role": "assistant", "content": reply.text}, finish


def _envelope(kind: str, **rest: Any) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": "test", **rest}
