"""Several models for one role: who is asked when, what it costs, and what the reply says of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage
from pydantic import BaseModel

from podium.core.errors import ModelBudgetError, ModelError, ModelOutputError, ModelUnavailable
from podium.core.usage import Budget, Usage
from podium.models.allowance import allowing
from podium.models.breaker import Breakers
from podium.models.cache import ResponseCache
from podium.models.caller import Caller
from podium.models.calls import CallLimits
from podium.models.chain import Drafted, Kept, Relayed
from podium.models.prices import Prices
from podium.models.resolver import ResolvedModel
from podium.testing.scripted import Reply, ScriptedChatModel

ASKED = [HumanMessage("Well?")]
YES = '{"word": "yes"}'


class Word(BaseModel):
    word: str


def model(name: str, *replies: Reply) -> ResolvedModel:
    return ResolvedModel(name, ScriptedChatModel(*replies))


def caller(name: str, *replies: Reply, reasks: int = 0) -> Caller:
    return Caller(model(name, *replies), "planner", limits=CallLimits(retries=0, reasks=reasks))


def no_no(value: Word) -> str:
    return "no is no answer" if value.word == "no" else ""


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[ResponseCache]:
    held = ResponseCache(tmp_path / "replies.db")
    yield held
    held.close()


async def test_a_good_draft_is_enough() -> None:
    called = await Drafted(caller("small", YES), caller("large")).call(ASKED, Word)
    assert (called.model, called.value.word, called.usage.model_calls) == ("small", "yes", 1)


@pytest.mark.parametrize("draft", ["nonsense", '{"word": "no"}', ConnectionError("gone")])
async def test_the_larger_model_takes_over_from_a_draft_that_is_not_good_enough(draft: Reply) -> None:
    called = await Drafted(caller("small", draft), caller("large", YES)).call(ASKED, Word, check=no_no)
    assert (called.model, called.value.word, called.stand_in) == ("large", "yes", None)
    assert called.usage.model_calls == 2


async def test_work_that_was_not_good_enough_goes_to_the_larger_model_at_once() -> None:
    called = await Drafted(caller("small"), caller("large", YES)).call(ASKED, Word, again=True)
    assert (called.model, called.usage.model_calls) == ("large", 1)


async def test_another_model_stands_in_and_it_is_said_and_told() -> None:
    told: list[ModelError] = []
    called = await Relayed(caller("large", "nonsense"), caller("spare", YES), told.append).call(ASKED, Word)
    assert (called.model, called.stand_in, called.usage.model_calls) == ("spare", "fallback", 2)
    assert [error.code for error in told] == ["model_output"]


async def test_when_all_fail_the_error_counts_what_all_have_spent() -> None:
    chain = Relayed(Drafted(caller("a", "?"), caller("b", "?", "?", reasks=1)), caller("c", "?"))
    with pytest.raises(ModelOutputError) as caught:
        await chain.call(ASKED, Word)
    assert caught.value.usage is not None
    assert caught.value.usage.model_calls == 4


async def test_a_kept_reply_stands_in_for_a_model_that_is_down(cache: ResponseCache) -> None:
    await Kept(caller("large", YES), model("large"), cache).call(ASKED, Word)
    down = Kept(caller("large", ConnectionError("gone")), model("large"), cache)
    called = await down.call(ASKED, Word)
    assert (called.value.word, called.stand_in, called.usage.model_calls) == ("yes", "cached", 1)


async def test_what_no_longer_passes_the_check_is_no_kept_reply(cache: ResponseCache) -> None:
    await Kept(caller("large", '{"word": "no"}'), model("large"), cache).call(ASKED, Word)
    down = Kept(caller("large", ConnectionError("gone")), model("large"), cache)
    with pytest.raises(ModelError):
        await down.call(ASKED, Word, check=no_no)


async def test_a_rerun_takes_the_kept_reply_unless_it_was_not_good_enough(cache: ResponseCache) -> None:
    kept = Kept(caller("large", YES, '{"word": "better"}'), model("large"), cache, always=True)
    first = await kept.call(ASKED, Word)
    rerun = await kept.call(ASKED, Word)
    better = await kept.call(ASKED, Word, again=True)
    assert [called.value.word for called in (first, rerun, better)] == ["yes", "yes", "better"]
    assert [called.usage.model_calls for called in (first, rerun, better)] == [1, 0, 1]
    assert rerun.stand_in is None


async def test_a_reply_of_a_stand_in_is_not_kept_as_the_model_s_own(cache: ResponseCache) -> None:
    relay = Relayed(caller("large", "?", "?"), caller("spare", YES))
    kept = Kept(relay, model("large"), cache, always=True)
    assert (await kept.call(ASKED, Word)).stand_in == "fallback"
    with pytest.raises(ModelOutputError):
        await Kept(caller("large", "?"), model("large"), cache).call(ASKED, Word)


async def test_a_spent_turn_asks_no_model_and_none_of_its_stand_ins(cache: ResponseCache) -> None:
    chain = Kept(Relayed(Drafted(caller("a", "?"), caller("b", "?")), caller("c", YES)), model("b"), cache)
    allowed = allowing(Budget(model_calls=10), Usage(model_calls=8))
    with allowed as allowance, pytest.raises(ModelBudgetError) as caught:
        await chain.call(ASKED, Word)
    assert allowance.usage.model_calls == 10
    assert caught.value.usage is not None
    assert caught.value.usage.model_calls == 2


async def test_a_model_that_answers_and_never_usably_is_left_alone() -> None:
    useless = caller("large", "?", "?", YES)
    for _ in range(2):
        with pytest.raises(ModelOutputError):
            await useless.call(ASKED, Word)
    with pytest.raises(ModelUnavailable, match="nothing usable"):
        await useless.call(ASKED, Word)


async def test_retries_end_with_the_delay_that_they_may_add() -> None:
    failing = model("large", *[ConnectionError("gone")] * 100)
    limits = CallLimits(retries=99, first_wait=0.02, longest_wait=0.05, max_delay=0.3)
    began = time.monotonic()
    with pytest.raises(ModelUnavailable) as caught:
        await Caller(failing, "planner", limits=limits, breakers=Breakers(threshold=1_000)).call(ASKED, Word)
    assert caught.value.usage is not None
    assert 1 < caught.value.usage.model_calls < 100
    assert time.monotonic() - began < 2.0


async def test_a_cost_without_a_price_is_unknown() -> None:
    priced = Prices({"large": (1.0, 2.0)})
    known = await Caller(model("large", YES), "planner", prices=priced).call(ASKED, Word)
    unknown = await Caller(model("small", YES), "planner", prices=priced).call(ASKED, Word)
    assert known.usage.cost > 0
    assert (known.usage.unpriced, unknown.usage.unpriced) == (0, 1)
    assert priced.missing(["offline", "large", "small", "small"]) == ("small",)
