"""What every chat model must do to play a role: take messages, give back a value of a declared shape."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from pydantic import BaseModel

from podium.core.settings import ModelSettings, ProviderSettings
from podium.models.caller import Caller
from podium.models.resolver import ResolvedModel, SettingsResolver
from podium.testing.openai_server import OpenAIServer
from podium.testing.scripted import ScriptedChatModel


class Answer(BaseModel):
    word: str


GOOD = '{"word": "yes"}'


@pytest.fixture(params=["scripted", "openai"])
async def model(request: pytest.FixtureRequest) -> AsyncIterator[ResolvedModel]:
    if request.param == "scripted":
        yield ResolvedModel("test:scripted", ScriptedChatModel("nonsense", GOOD))
        return
    with OpenAIServer("nonsense", GOOD) as server:
        settings = ModelSettings(providers={"openai": ProviderSettings(base_url=server.base_url)})
        found = SettingsResolver(settings, {"OPENAI_API_KEY": "sk-test-0123456789"}).resolve("openai:test")
        assert found is not None
        yield found
        await found.close()


async def test_a_value_of_the_shape_comes_back_and_both_questions_are_counted(model: ResolvedModel) -> None:
    from langchain_core.messages import HumanMessage, SystemMessage

    called = await Caller(model, "planner").call([SystemMessage("Answer."), HumanMessage("Well?")], Answer)
    assert called.value == Answer(word="yes")
    assert called.usage.model_calls == 2
    assert called.usage.input_tokens > 0
    assert called.model == model.name
