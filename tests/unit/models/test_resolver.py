"""From a name to a chat model."""

from __future__ import annotations

import subprocess
import sys

import pytest

from podium.core.errors import ConfigError, ModelAuthError, UnknownName
from podium.core.settings import ModelSettings, ProviderSettings
from podium.models.resolver import SettingsResolver
from podium.testing.scripted import ScriptedChatModel

LOCAL = ModelSettings(
    providers={"local": ProviderSettings(base_url="http://127.0.0.1:1/v1", api_key_env="LOCAL_KEY")}
)


def test_offline_is_no_model() -> None:
    assert SettingsResolver(ModelSettings(), {}).for_role("critic") is None


@pytest.mark.parametrize("name", ["", "gpt", "openai:", ":x", "nobody:gpt 5", "a b:c"])
def test_an_unknown_name_is_told_the_forms(name: str) -> None:
    with pytest.raises(UnknownName) as caught:
        SettingsResolver(ModelSettings(), {}).resolve(name)
    assert "openai:NAME" in caught.value.hint


@pytest.mark.parametrize("key", [None, "", "  ", "a\nb", "schlüssel"])
def test_a_missing_or_impossible_key_names_its_variable_and_never_itself(key: str | None) -> None:
    with pytest.raises(ModelAuthError, match="LOCAL_KEY") as caught:
        SettingsResolver(LOCAL, {} if key is None else {"LOCAL_KEY": key}).resolve("local:some-model")
    assert not key or not key.strip() or key not in str(caught.value.as_dict())


def test_any_chat_model_is_found_by_its_import_path() -> None:
    found = SettingsResolver(ModelSettings(), {}).resolve("podium.testing.scripted:ScriptedChatModel")
    assert found is not None
    assert isinstance(found.chat, ScriptedChatModel)


@pytest.mark.parametrize(
    "path", ["no.such.package:x", "json:nothing", "json:dumps", "json.decoder:JSONDecoder"]
)
def test_a_path_that_leads_to_no_chat_model_is_a_clear_error(path: str) -> None:
    with pytest.raises(ConfigError, match=path.replace(".", r"\.")):
        SettingsResolver(ModelSettings(), {}).resolve(path)


def test_nothing_heavy_is_imported_until_a_model_is_asked_for() -> None:
    code = (
        "import sys, podium.models.resolver, podium.models.caller, podium.agents.fallback;"
        "import podium.agents.loader;"
        "sys.exit(any(name in sys.modules for name in ('openai', 'langchain_openai', 'langchain_core')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
