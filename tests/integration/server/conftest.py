"""A server with small graphs, and stock clients of it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from langgraph_sdk import get_client, get_sync_client
from langgraph_sdk.client import LangGraphClient, SyncLangGraphClient

from podium.testing.server import Server, served

STOCK = Path(__file__).parent / "project"


@pytest.fixture(scope="session")
def stock_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a plain `langgraph.json` and its graphs: `steps`, `asks`, `chat` and `nested`."""
    return Path(shutil.copytree(STOCK, tmp_path_factory.mktemp("stock") / "project"))


@pytest.fixture(scope="session")
def stock(stock_folder: Path) -> Iterator[Server]:
    """A server of the stock folder, for the whole session."""
    with served(stock_folder) as running:
        yield running


@pytest.fixture
async def client(stock: Server) -> AsyncIterator[LangGraphClient]:
    """LangGraph's own asynchronous client."""
    async with get_client(url=stock.url, api_key=None) as client:
        yield client


@pytest.fixture
def sync_client(stock: Server) -> Iterator[SyncLangGraphClient]:
    """LangGraph's own synchronous client."""
    with get_sync_client(url=stock.url, api_key=None) as client:
        yield client
