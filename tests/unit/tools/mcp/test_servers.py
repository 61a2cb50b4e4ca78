"""MCP servers as real processes: started late, asked from any loop, dying at any time, closed at the end."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from podium.core.errors import ActionError, SourceUnavailable
from podium.core.source_settings import McpServerSettings
from podium.tools.context import ActionContext
from podium.tools.mcp.server import ServerDied
from podium.tools.mcp.servers import McpServers, Opened
from podium.tools.mcp.transport import Place
from podium.tools.tool import Tool

SCRIPT = Path(__file__).parents[3] / "support" / "mcp_server.py"


def settings(folder: Path, **more: Any) -> McpServerSettings:
    return McpServerSettings(
        command=sys.executable, args=(str(SCRIPT), str(folder / "notes.txt")), **({"env": ()} | more)
    )


def place(folder: Path, **environment: str) -> Place:
    return Place(folder, folder / "logs", environment)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[McpServers]:
    """One server for many tests: starting one takes a second."""
    folder = tmp_path_factory.mktemp("light")
    effects = {"add": "read", "note": "compensable"}
    made = McpServers({"light": settings(folder, effects=effects)}, place(folder))
    yield made
    made.close()


def named(opened: Opened, name: str) -> Tool:
    return next(tool for tool in opened.tools if tool.name == name)


async def call(tool: Tool, **args: Any) -> Any:
    return await tool.run(ActionContext(), tool.parse(args))


def children() -> list[int]:
    return [child.pid for child in psutil.Process().children(recursive=True)]


def test_nothing_is_started_before_it_is_asked_for(tmp_path: Path) -> None:
    before = children()
    made = McpServers({"light": settings(tmp_path)}, place(tmp_path))
    assert made.owns("light_add")
    assert not made.owns("add")
    assert children() == before
    made.close()


async def test_tools_have_the_effect_that_the_project_gives(servers: McpServers) -> None:
    opened = await servers.open()
    effects = {tool.name: tool.effect for tool in opened.tools}
    assert effects["light_add"] == "read"
    assert effects["light_note"] == "compensable"
    assert effects["light_refuse"] == "irreversible"
    assert opened.failed == ()


async def test_results_are_plain_values(servers: McpServers) -> None:
    opened = await servers.open()
    assert await call(named(opened, "light_add"), a=2, b=3) == 5
    assert await call(named(opened, "light_describe"), place="cape") == {"place": "cape", "lamps": 3}
    assert await call(named(opened, "light_note"), text="calm") == "written"


async def test_a_tool_that_says_no_is_a_refusal(servers: McpServers) -> None:
    with pytest.raises(ActionError, match="not today"):
        await call(named(await servers.open(), "light_refuse"))


async def test_arguments_are_checked_before_the_server_is_asked(servers: McpServers) -> None:
    tool = named(await servers.open(), "light_add")
    with pytest.raises(ActionError, match="there is no argument 'c'"):
        tool.parse({"a": 1, "b": 2, "c": 3})
    with pytest.raises(ActionError, match="'b' is missing"):
        tool.parse({"a": 1})


async def test_a_server_that_dies_in_a_call_is_in_doubt_and_runs_again_for_the_next(
    servers: McpServers,
) -> None:
    opened = await servers.open()
    with pytest.raises(ServerDied, match="light"):
        await call(named(opened, "light_die"))
    assert await call(named(opened, "light_add"), a=1, b=1) == 2


async def test_a_server_that_died_between_calls_runs_again(servers: McpServers) -> None:
    opened = await servers.open()
    pid = int((await call(named(opened, "light_whoami")))[0])
    process = psutil.Process(pid)
    process.kill()
    psutil.wait_procs([process], timeout=10)
    results: list[object] = []
    for _ in range(2):
        try:
            results.append(await call(named(opened, "light_add"), a=1, b=1))
        except ServerDied as error:
            results.append(error)
    assert results[-1] == 2


async def test_a_tool_that_the_server_changed_since_is_not_called(tmp_path: Path) -> None:
    script = tmp_path / "server.py"
    text = SCRIPT.read_text(encoding="utf-8")
    script.write_text(text, encoding="utf-8")
    said = McpServerSettings(command=sys.executable, args=(str(script), str(tmp_path / "notes.txt")))
    made = McpServers({"light": said}, place(tmp_path))
    tool = named(await made.open(), "light_add")
    script.write_text(text.replace("Add two numbers.", "Add two numbers, and send money."), encoding="utf-8")
    with pytest.raises(ServerDied):
        await call(named(await made.open(), "light_die"))
    with pytest.raises(ActionError, match="has changed 'add' since"):
        await call(tool, a=1, b=2)
    shown = named(await made.open(), "light_add")
    assert shown.spec.version != tool.spec.version
    assert await call(shown, a=1, b=2) == 3
    await asyncio.to_thread(made.close)


async def test_several_calls_at_once_share_one_process(servers: McpServers) -> None:
    opened = await servers.open()
    told = await asyncio.gather(*(call(named(opened, "light_whoami")) for _ in range(8)))
    assert len({answer[0] for answer in told}) == 1


def test_one_session_serves_several_event_loops(servers: McpServers) -> None:
    opened = asyncio.run(servers.open())
    first = asyncio.run(call(named(opened, "light_whoami")))
    second = asyncio.run(call(named(opened, "light_whoami")))
    assert first[0] == second[0]


def test_closing_ends_the_process(tmp_path: Path) -> None:
    before = set(children())
    made = McpServers({"light": settings(tmp_path)}, place(tmp_path))
    asyncio.run(made.open())
    started = set(children()) - before
    made.close()
    assert started
    assert not started & set(children())


async def test_a_server_sees_only_the_variables_that_are_named(tmp_path: Path) -> None:
    here = place(tmp_path, LIGHTHOUSE_TOKEN="t", OTHER_SECRET="s")
    made = McpServers({"light": settings(tmp_path, env=("LIGHTHOUSE_TOKEN",))}, here)
    seen = await call(named(await made.open(), "light_whoami"))
    await asyncio.to_thread(made.close)
    assert seen[1:] == ["t", ""]


async def test_a_program_that_is_not_there_fails_alone(tmp_path: Path) -> None:
    both = {"gone": McpServerSettings(command="no-such-program-7"), "light": settings(tmp_path)}
    made = McpServers(both, place(tmp_path))
    opened = await made.open()
    with pytest.raises(ActionError, match="gone cannot be started"):
        await made.servers["gone"].tools()
    await asyncio.to_thread(made.close)
    assert opened.failed == ("gone",)
    assert named(opened, "light_add")


async def test_a_program_that_speaks_no_mcp_is_given_up(tmp_path: Path) -> None:
    mute = McpServerSettings(command=sys.executable, args=("-c", "input()"), start_timeout=0.5)
    made = McpServers({"mute": mute}, place(tmp_path))
    opened = await made.open()
    with pytest.raises(ActionError, match="mute cannot be started"):
        await made.servers["mute"].tools()
    await asyncio.to_thread(made.close)
    assert opened.failed == ("mute",)


async def test_a_missing_variable_is_named(tmp_path: Path) -> None:
    made = McpServers({"light": settings(tmp_path, env=("NOT_SET_7",))}, place(tmp_path))
    with pytest.raises(ActionError, match="NOT_SET_7"):
        await made.servers["light"].tools()
    await asyncio.to_thread(made.close)


async def test_only_the_tools_that_the_project_names_are_opened(tmp_path: Path) -> None:
    made = McpServers({"light": settings(tmp_path, tools=("add",))}, place(tmp_path))
    opened = await made.open()
    await asyncio.to_thread(made.close)
    assert [tool.name for tool in opened.tools] == ["light_add"]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The same server behind an address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen([sys.executable, str(SCRIPT), str(tmp_path / "n"), str(port)], stderr=log)
        while process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                continue
        yield f"http://127.0.0.1:{port}/mcp"
        process.kill()
        process.wait()


async def test_a_server_may_be_an_address(tmp_path: Path, address: str) -> None:
    made = McpServers({"far": McpServerSettings(url=address)}, place(tmp_path))
    assert await call(named(await made.open(), "far_add"), a=2, b=2) == 4
    await asyncio.to_thread(made.close)


async def test_an_address_that_nobody_answers_at_is_named(tmp_path: Path) -> None:
    made = McpServers({"far": McpServerSettings(url="http://127.0.0.1:9/mcp")}, place(tmp_path))
    with pytest.raises(ActionError, match="far cannot be started"):
        await made.servers["far"].tools()
    await asyncio.to_thread(made.close)


async def test_resources_are_read(servers: McpServers) -> None:
    server = servers.servers["light"]
    found = await server.read((), 10)
    assert {item["source"]: item["title"] for item in found} == {
        "light://lamp": "The lamp",
        "light://stairs": "The stairs",
    }
    (one,) = await server.read(["light://lamp"], 10)
    assert one["text"].startswith("The lamp burns")
    with pytest.raises(SourceUnavailable):
        await server.read(["light://nothing"], 10)
