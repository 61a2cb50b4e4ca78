"""Items of a JSON document that a server gives for a question."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from podium.core.errors import ConfigError, SourceError, SourceUnavailable
from podium.core.evidence import Evidence
from podium.knowledge.sources.items import evidence_of
from podium.knowledge.sources.outbound import Reach
from podium.models.secrets import one_line

if TYPE_CHECKING:
    import httpx

_BUSY = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Shape:
    """Where things are in a response; all JMESPath.

    Attributes:
        items: The list of items.
        text: An item's text.
        title: Its title.
        date: Its ISO date.
        source: What names it, such as its address.
    """

    items: str = "@"
    text: str = "text"
    title: str = "title"
    date: str = "date"
    source: str = "url"


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """How a question is put.

    Attributes:
        url: The address.
        param: The parameter that takes the question.
        k_param: The parameter that takes how many items are wanted; None for none.
        headers: Sent with it.
        hosts: Hosts that a redirect may lead to.
        max_bytes: A longer response is an error.
        timeout: Seconds to connect, and between two pieces of the response.
        private: Whether its hosts may be public names that lead inside a network.
    """

    url: str
    param: str = "q"
    k_param: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    hosts: tuple[str, ...] = ()
    max_bytes: int = 2_000_000
    timeout: float = 5.0
    private: bool = False


class HttpSource:
    """Asks a server with one GET for each question.

    Args:
        name: The source's name.
        request: How to ask.
        shape: Where things are in the response.

    Raises:
        ConfigError: A path of the shape is no JMESPath.
    """

    def __init__(self, name: str, request: HttpRequest, shape: Shape | None = None) -> None:
        self.name = name
        self._request = request
        self._reach = Reach(request.url, request.hosts, private=request.private)
        self._paths = _compiled(name, shape or Shape())

    async def fetch(self, query: str, k: int) -> Sequence[Evidence]:
        """The items of the response.

        Raises:
            SourceUnavailable: The server cannot be reached, is too busy, or fails.
            SourceError: It refused, or gave what cannot be used, or too much.
        """
        import httpx

        try:
            body = await self._get(query, k)
        except (httpx.TransportError, httpx.StreamError) as error:
            said = one_line(str(error)) or type(error).__name__
            raise SourceUnavailable(f"{self.name}: {said}") from None
        except httpx.HTTPError as error:
            raise SourceError(f"{self.name}: {one_line(str(error))}") from None
        # Parsing some megabytes takes longer than an event loop should be held up.
        return await asyncio.to_thread(self._evidence, body)

    async def _get(self, query: str, k: int) -> bytes:
        import httpx

        request = self._request
        # A compressed response could unpack to any size before it is counted.
        headers = {"Accept": "application/json", **request.headers, "Accept-Encoding": "identity"}
        params = {request.param: query} | ({request.k_param: str(k)} if request.k_param else {})
        url = httpx.URL(request.url).copy_merge_params(params)
        async with (
            self._reach.client(timeout=request.timeout, headers=headers) as client,
            client.stream("GET", url) as response,
        ):
            self._check(response)
            body = bytearray()
            async for piece in response.aiter_raw():
                body += piece
                if len(body) > request.max_bytes:
                    raise SourceError(
                        f"{self.name} sent more than {request.max_bytes:,} bytes; the rest was not read",
                        hint="Ask for less, or raise the source's max_bytes.",
                    )
        return bytes(body)

    def _check(self, response: httpx.Response) -> None:
        status = response.status_code
        if status in _BUSY or status >= 500:
            raise SourceUnavailable(f"{self.name} answered with status {status}")
        if status != 200:
            hint = "Check the source's token." if status in (401, 403) else "Check the source's url."
            raise SourceError(f"{self.name} answered with status {status}", hint=hint)
        if response.headers.get("content-encoding", "identity") != "identity":
            raise SourceError(f"{self.name} sent a compressed response that nobody asked for")

    def _evidence(self, body: bytes) -> list[Evidence]:
        try:
            items = self._paths["items"].search(json.loads(body))
            if isinstance(items, Mapping):
                items = [items]
            if items is not None and not isinstance(items, list):
                raise SourceError(
                    f"{self.name}: its items are a {type(items).__name__}", hint="Correct the path 'items'."
                )
        except (ValueError, RecursionError) as error:
            raise SourceError(f"{self.name} sent no JSON that can be read: {one_line(str(error))}") from None
        found = [self._item(item) for item in items or ()]
        kept = [item for item in found if item["text"] is not None]
        if found and not kept:
            raise SourceError(f"{self.name}: no item has a text", hint="Correct the path 'text'.")
        return evidence_of(self.name, kept)

    def _item(self, item: object) -> Mapping[str, Any]:
        if isinstance(item, str):
            return {"text": item}
        return {name: path.search(item) for name, path in self._paths.items() if name != "items"}


def _compiled(name: str, shape: Shape) -> dict[str, Any]:
    import jmespath
    from jmespath.exceptions import JMESPathError

    paths = {}
    for part in ("items", "text", "title", "date", "source"):
        given = getattr(shape, part)
        try:
            paths[part] = jmespath.compile(given)
        except JMESPathError:
            raise ConfigError(
                f"knowledge.sources.{name}.{part}: {given!r} is no JMESPath",
                hint="Write a path like data.results, or attributes.body.",
            ) from None
    return paths
