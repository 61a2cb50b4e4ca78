"""Keys come in through one place and are never told."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from podium.core.errors import ModelAuthError
from podium.core.settings import ModelSettings, ProviderSettings
from podium.models.keys import read_key
from podium.models.resolver import SettingsResolver

KEY = "sk-secret-key-0123456789"


def key_of(settings: ProviderSettings, folder: Path, environ: dict[str, str] | None = None) -> str:
    return read_key("openai:x", settings, environ or {}, folder)


def test_a_key_comes_from_the_environment_a_file_or_a_program(tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text(f"{KEY}\n", encoding="utf-8")
    prints = (sys.executable, "-c", f"print({KEY!r})")
    assert key_of(ProviderSettings(), tmp_path, {"OPENAI_API_KEY": KEY}) == KEY
    assert key_of(ProviderSettings(api_key_file="key.txt"), tmp_path) == KEY
    assert key_of(ProviderSettings(api_key_command=prints), tmp_path) == KEY


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (ProviderSettings(api_key_env="MY_KEY"), "the environment variable MY_KEY is not set"),
        (ProviderSettings(api_key_file="nowhere"), "the file nowhere cannot be read"),
        (ProviderSettings(api_key_command=("no-such-program",)), "no-such-program cannot be run"),
        (
            ProviderSettings(api_key_command=(sys.executable, "-c", f"import sys; sys.exit({KEY!r})")),
            "ended with status 1",
        ),
        (
            ProviderSettings(
                api_key_command=(sys.executable, "-c", "import time; time.sleep(60)"), api_key_timeout=0.05
            ),
            "printed none within 0.05 seconds",
        ),
        (
            ProviderSettings(api_key_command=(sys.executable, "-c", f"print({KEY!r}, {KEY!r})")),
            "does not hold a key",
        ),
        (ProviderSettings(api_key_command=(sys.executable, "-c", "")), "does not hold a key"),
    ],
)
def test_what_is_wrong_with_a_key_is_said_without_it(
    settings: ProviderSettings, said: str, tmp_path: Path
) -> None:
    with pytest.raises(ModelAuthError) as caught:
        key_of(settings, tmp_path)
    assert said in caught.value.message
    assert caught.value.hint
    assert KEY not in repr(caught.value.as_dict())
    assert caught.value.__cause__ is None


def test_a_server_of_one_s_own_needs_no_key_unless_one_is_named(tmp_path: Path) -> None:
    local = "http://127.0.0.1:9/v1"
    assert key_of(ProviderSettings(base_url=local), tmp_path) == ""
    assert key_of(ProviderSettings(base_url=local), tmp_path, {"OPENAI_API_KEY": KEY}) == KEY
    with pytest.raises(ModelAuthError):
        key_of(ProviderSettings(base_url=local, api_key_env="MY_KEY"), tmp_path)


def test_two_places_for_a_key_are_one_too_many() -> None:
    with pytest.raises(ValueError, match="not both"):
        ProviderSettings(api_key_file="key.txt", api_key_command=("print-key",))


async def test_a_resolved_model_does_not_show_its_key(tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text(KEY, encoding="utf-8")
    settings = ModelSettings(providers={"openai": ProviderSettings(api_key_file="key.txt")})
    found = SettingsResolver(settings, {}, tmp_path).resolve("openai:x")
    assert found is not None
    assert KEY not in f"{found!r} {found.chat!r} {settings!r}"
    await found.close()
