"""langchain-openai against a real server: every failure ends as documented and no key gets out."""

from __future__ import annotations

import logging
import traceback
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
from pydantic import BaseModel

from podium.core.errors import (
    ModelAuthError,
    ModelContextError,
    ModelError,
    ModelOutputError,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
)
from podium.core.settings import ModelSettings, ProviderSettings
from podium.models.breaker import Breakers
from podium.models.caller import Caller
from podium.models.calls import CallLimits
from podium.models.prices import Prices
from podium.models.record import ModelCall
from podium.models.resolver import ResolvedModel, SettingsResolver
from podium.testing.openai_server import OpenAIServer, Reply

KEY = "sk-very-secret-key-0123456789"


class Answer(BaseModel):
    word: str
    number: int


GOOD = '{"word": "yes", "number": 3}'


class Recorded:
    def __init__(self) -> None:
        self.calls: list[ModelCall] = []

    def on_call(self, call: ModelCall) -> None:
        self.calls.append(call)


class Waits:
    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


OPENED: list[ResolvedModel] = []


@pytest.fixture(autouse=True)
async def _close_models() -> AsyncIterator[None]:
    yield
    while OPENED:
        await OPENED.pop().close()


def resolve(server: OpenAIServer) -> ResolvedModel:
    settings = ModelSettings(providers={"openai": ProviderSettings(base_url=server.base_url)})
    found = SettingsResolver(settings, {"OPENAI_API_KEY": KEY}).resolve("openai:test")
    assert found is not None
    OPENED.append(found)
    return found


def caller(
    server: OpenAIServer,
    *,
    limits: CallLimits | None = None,
    recorder: Recorded | None = None,
    waits: Waits | None = None,
    breakers: Breakers | None = None,
) -> Caller:
    return Caller(
        resolve(server),
        "planner",
        limits=limits or CallLimits(timeout=5.0),
        recorder=recorder or Recorded(),
        prices=Prices({"openai:test": (1.0, 2.0)}),
        sleep=waits or Waits(),
        breakers=breakers,
    )


async def ask(made: Caller) -> Answer:
    from langchain_core.messages import HumanMessage, SystemMessage

    return (await made.call([SystemMessage("Answer."), HumanMessage("Well?")], Answer)).value


@pytest.fixture(autouse=True)
def _no_key_in_logs(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    yield
    assert KEY not in caplog.text


async def test_a_value_comes_back_by_json_schema_with_usage_and_cost() -> None:
    recorded = Recorded()
    with OpenAIServer(GOOD) as server:
        made = caller(server, recorder=recorded)
        assert await ask(made) == Answer(word="yes", number=3)
        assert server.requests[0]["response_format"]["json_schema"]["name"] == "Answer"
        assert server.keys == [KEY]
    (call,) = recorded.calls
    assert (call.usage.input_tokens, call.usage.output_tokens, call.priced) == (11, 7, True)
    assert call.usage.cost == pytest.approx((11 * 1.0 + 7 * 2.0) / 1e6)
    assert KEY not in repr(made) + repr(resolve(server)) + repr(recorded.calls)


async def test_a_server_without_json_schema_is_asked_by_tool_call() -> None:
    with OpenAIServer(Reply(GOOD, fault="no_json_schema")) as server:
        made = caller(server)
        assert (await ask(made)).number == 3
        assert (await ask(made)).number == 3
        assert ["response_format" in request for request in server.requests] == [True, False, False]


@pytest.mark.parametrize(
    "bad", ['{"word": "yes"', '{"word": "yes"}', "nonsense", '{"word": "yes", "number": NaN}', "[]", ""]
)
async def test_a_reply_that_does_not_fit_is_asked_for_again_with_the_reason(bad: str) -> None:
    with OpenAIServer(bad, GOOD) as server:
        assert (await ask(caller(server))).word == "yes"
        assert "cannot be used" in server.requests[1]["messages"][-1]["content"]


async def test_endless_nonsense_ends_after_a_bounded_number_of_questions() -> None:
    with OpenAIServer("nonsense") as server:
        with pytest.raises(ModelOutputError) as caught:
            await ask(caller(server))
        assert len(server.requests) == 3
        assert caught.value.usage is not None
        assert caught.value.usage.model_calls == 3


@pytest.mark.parametrize(
    ("reply", "expected", "requests"),
    [
        (Reply(fault="unauthorized"), ModelAuthError, 1),
        (Reply(fault="rate_limited"), ModelUnavailable, 3),
        (Reply(fault="server_error"), ModelUnavailable, 3),
        (Reply(GOOD, fault="cut"), ModelUnavailable, 3),
        (Reply(fault="not_json"), ModelError, None),
        (Reply(fault="refusal"), ModelRefused, 1),
        (Reply(fault="stall"), ModelTimeout, 3),
        (Reply(fault="context_too_long"), ModelContextError, 1),
        (Reply(GOOD[:10], fault="length"), ModelOutputError, 1),
    ],
    ids=lambda value: value.fault if isinstance(value, Reply) else None,
)
async def test_each_failure_has_its_error_and_shows_no_key(
    reply: Reply, expected: type[ModelError], requests: int | None
) -> None:
    with OpenAIServer(reply) as server:
        made = caller(server, limits=CallLimits(timeout=0.3))
        with pytest.raises(ModelError) as caught:
            await ask(made)
        assert type(caught.value) in (expected, *expected.__subclasses__())
        assert caught.value.hint
        assert requests is None or len(server.requests) == requests
        shown = "".join(traceback.format_exception(caught.value))
        assert KEY not in shown + repr(caught.value) + str(caught.value.as_dict())


async def test_a_refused_key_is_not_sent_again() -> None:
    with OpenAIServer(Reply(fault="unauthorized")) as server:
        made = caller(server)
        for _ in range(3):
            with pytest.raises(ModelAuthError):
                await ask(made)
        assert len(server.requests) == 1


async def test_the_time_that_the_provider_asks_for_is_waited() -> None:
    waits = Waits()
    with OpenAIServer(Reply(fault="rate_limited", retry_after="7"), GOOD) as server:
        await ask(caller(server, waits=waits))
    assert waits.seconds == [7.0]


async def test_a_provider_that_asks_for_too_long_is_not_waited_for() -> None:
    waits = Waits()
    with OpenAIServer(Reply(fault="rate_limited", retry_after="3600")) as server:
        with pytest.raises(ModelUnavailable):
            await ask(caller(server, waits=waits))
        assert len(server.requests) == 1
    assert waits.seconds == []


async def test_waits_between_retries_stay_below_the_bound() -> None:
    waits = Waits()
    limits = CallLimits(timeout=5.0, retries=4, longest_wait=2.0, first_wait=0.5)
    with OpenAIServer(Reply(fault="server_error"), Reply(GOOD, fault="cut"), GOOD) as server:
        await ask(caller(server, waits=waits, limits=limits))
    assert len(waits.seconds) == 2
    assert all(0 <= seconds <= 2.0 for seconds in waits.seconds)


async def test_after_failures_in_a_row_the_provider_is_left_alone() -> None:
    breakers = Breakers(threshold=3, open_seconds=60)
    with OpenAIServer(Reply(fault="server_error")) as server:
        made = caller(server, breakers=breakers)
        for _ in range(4):
            with pytest.raises(ModelUnavailable):
                await ask(made)
        assert len(server.requests) == 3


@pytest.mark.parametrize("reply", [Reply(GOOD), Reply(GOOD, fault="cut")], ids=["whole", "cut"])
async def test_a_stream_is_an_answer_only_when_it_ends_well(reply: Reply) -> None:
    with OpenAIServer(reply) as server:
        model = resolve(server)
        streaming = replace(model, chat=model.chat.model_copy(update={"streaming": True}))
        made = Caller(streaming, "planner", limits=CallLimits(timeout=5.0), sleep=Waits())
        if reply.fault is None:
            assert (await ask(made)).number == 3
        else:
            with pytest.raises(ModelUnavailable):
                await ask(made)
        assert server.requests[0]["stream"] is True
