from __future__ import annotations

from pathlib import Path

import pytest

from podium.core.errors import ConfigError
from podium.core.notification_settings import NOTIFICATION_EVENTS, MailSettings
from podium.core.settings import parse_manifest

HEAD = '[project]\nname = "desk"\n\n[notifications.ops]\n'
MAIL = 'kind = "smtp"\nhost = "mail.example.org"\nsender = "podium@example.org"\nto = ["ada@example.org"]\n'
HOOK = 'kind = "webhook"\nurl = "https://example.org/hook"\n'


def refusal(settings: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        parse_manifest(HEAD + settings, Path("podium.toml"))
    return caught.value


def test_nobody_is_told_by_default() -> None:
    assert parse_manifest('[project]\nname = "desk"\n', Path("podium.toml")).notifications == {}


def test_a_channel_is_told_of_everything_unless_it_says_what() -> None:
    found = parse_manifest(HEAD + MAIL, Path("podium.toml")).notifications["ops"]
    assert isinstance(found, MailSettings)
    assert found.events == NOTIFICATION_EVENTS
    assert (found.port, found.security) == (587, "starttls")


@pytest.mark.parametrize(
    ("settings", "setting"),
    [
        (HOOK + 'secret = "whsec_abc"\n', "notifications.ops.secret"),
        (MAIL + 'password = "hunter2"\n', "notifications.ops.password"),
        (MAIL + 'event = ["chain_broken"]\n', "notifications.ops.event"),
        (MAIL + 'events = ["chain_broke"]\n', "notifications.ops.events"),
        (MAIL + "events = []\n", "notifications.ops.events"),
        (HOOK + "attempts = 0\n", "notifications.ops.attempts"),
        ('kind = "fax"\n', "notifications.ops"),
        ('kind = "command"\ncommand = []\n', "notifications.ops.command"),
        ('kind = "command"\ncommand = "rm -rf"\n', "notifications.ops.command"),
    ],
)
def test_what_nobody_knows_is_refused_with_file_line_key_and_hint(settings: str, setting: str) -> None:
    error = refusal(settings)
    place, _, rest = error.message.partition(": ")
    assert place.startswith("podium.toml:")
    assert rest.startswith(setting)
    assert error.hint
    assert "hunter2" not in error.message + error.hint
    assert "whsec_abc" not in error.message + error.hint


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ('kind = "webhook"\n', "by url, or by url_env"),
        (HOOK + 'url_env = "HOOK"\n', "by url, or by url_env"),
        ('kind = "webhook"\nurl = "file:///etc/passwd"\n', "an address like"),
        ('kind = "webhook"\nurl = "https://a:b1c2@example.org"\n', "password does not belong"),
        (HOOK + 'secret_env = "A"\nsecret_file = "b"\n', "not both"),
        (MAIL + 'password_env = "A"\npassword_file = "b"\nusername = "ada"\n', "not both"),
        (MAIL + 'username = "ada"\n', "go together"),
        (MAIL + 'password_env = "A"\n', "go together"),
        (MAIL + 'username = "ada"\npassword_env = "A"\nsecurity = "none"\n', "in the clear"),
    ],
)
def test_what_is_not_safe_is_refused(settings: str, reason: str) -> None:
    assert reason in refusal(settings).message


def test_a_password_may_go_to_this_machine_in_the_clear() -> None:
    mail = MAIL.replace("mail.example.org", "127.0.0.1")
    parse_manifest(
        HEAD + mail + 'username = "ada"\npassword_env = "A"\nsecurity = "none"\n', Path("podium.toml")
    )


@pytest.mark.parametrize(
    "address", ["ada", "a b@c", "a@b, c@d", "a@b\\nBcc: c@d", "Ada <a@b>", "a@b;c@d", "a@b\\u0000@c"]
)
def test_an_address_is_one_bare_address(address: str) -> None:
    assert "notifications.ops.to" in refusal(MAIL.replace("ada@example.org", address)).message


def test_the_examples_of_the_page_are_right(root: Path) -> None:
    page = (root / "docs" / "notifications.md").read_text(encoding="utf-8")
    blocks = [block.partition("```")[0] for block in page.split("```toml\n")[1:]]
    examples = [block for block in blocks if "[project]" not in block]
    (found,) = [parse_manifest(f'[project]\nname = "desk"\n{one}', Path("podium.toml")) for one in examples]
    assert sorted(channel.kind for channel in found.notifications.values()) == ["command", "smtp", "webhook"]
