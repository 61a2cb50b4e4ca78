"""Four eyes: two people with keys of their own approve one refund, each in a browser of theirs."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Page, expect

MINE = "You have approved this already; another person must."
Opening = Callable[..., AbstractContextManager[Page]]


@dataclass(frozen=True)
class People:
    """A desk where two people approve refunds.

    Attributes:
        desk: The server.
        ada: The key of one who asks and decides.
        bob: The key of another, who decides about what anybody asks.
    """

    desk: Any
    ada: str
    bob: str

    def ask(self, order: str) -> str:
        """Have ada ask for a refund; the thread."""
        thread: str = self.desk.ask(f"Please refund order {order} in full", key=self.ada)[0]
        return thread

    def effects(self, thread: str) -> list[str]:
        """Where the actions of a thread stand."""
        with self.desk.client(self.bob) as client:
            found = client.get(f"/podium/v1/threads/{thread}/effects").json()["effects"]
        return [one["status"] for one in found if one["effect"] != "read"]


@pytest.fixture(scope="module")
def people(
    ingested: Path,
    tmp_path_factory: pytest.TempPathFactory,
    serving: Callable[..., Any],
    new_key: Callable[..., str],
) -> People:
    """A desk of its own, since its policy is another."""
    folder = Path(shutil.copytree(ingested, tmp_path_factory.mktemp("four-eyes") / "desk"))
    place = folder / "guardrails" / "policy.yaml"
    policy = yaml.safe_load(place.read_text(encoding="utf-8"))
    policy["tools"]["issue_refund"]["people"] = 2
    place.write_text(yaml.safe_dump(policy), encoding="utf-8")
    ada, bob = new_key(folder, "ada", "operator", "approver"), new_key(folder, "bob", "admin")
    return People(serving(folder, "serve"), ada, bob)


@pytest.fixture
def as_person(people: People, opening: Opening, watch: Any) -> Opening:
    """`with as_person(key, path) as page` opens a page of the UI as somebody."""
    watch.allowed += ["401", "404"]  # before the key is given; what was answered has gone

    @contextmanager
    def opened(key: str, path: str) -> Iterator[Page]:
        with opening(f"{people.desk.ui}{path}") as page:
            page.get_by_label("API key").fill(key)
            page.get_by_label("API key").press("Enter")
            yield page

    return opened


def button(page: Page, name: str) -> Any:
    return page.get_by_role("button", name=name, exact=True)


def test_one_approves_and_another_does_it(people: People, as_person: Opening) -> None:
    thread = people.ask("O-10007")
    with as_person(people.ada, "approvals") as ada, as_person(people.bob, "approvals") as bob:
        expect(ada.get_by_text("2 different people must approve")).to_be_visible()
        button(ada, "Approve").click()
        expect(ada.get_by_text("Your approval is on record.")).to_be_visible()
        expect(ada.get_by_role("article")).to_contain_text("1 of 2 approved")
        assert people.effects(thread) == ["proposed"]
        ada.get_by_role("link", name="See what waits now").click()
        expect(ada.get_by_role("article")).to_contain_text("by you")
        expect(ada.get_by_role("article").get_by_text(MINE)).to_be_visible()
        expect(button(ada, "Approve")).to_be_disabled()
        expect(button(ada, "Reject…")).to_be_enabled()
        ada.keyboard.press("a")
        expect(ada.get_by_role("dialog")).to_have_count(0)
        inbox = bob.get_by_role("list", name="What waits")
        expect(inbox.get_by_text("1 of 2 approved")).to_be_visible()
        inbox.get_by_role("link").first.click()
        expect(bob.get_by_role("article")).to_contain_text("by ada")
        expect(bob.get_by_role("article")).to_contain_text("another person must approve")
        button(bob, "Approve").click()
        expect(bob.get_by_text("Decided and carried out.")).to_be_visible()
        expect(ada.get_by_text("This does not wait any more.")).to_be_visible()
    assert people.effects(thread) == ["verified"]


def test_the_conversation_tells_who_has_approved(people: People, as_person: Opening) -> None:
    thread = people.ask("O-10004")
    with as_person(people.ada, f"threads/{thread}") as ada:
        card = ada.get_by_role("region", name="Waiting for you")
        expect(card.get_by_text("0 of 2 approved")).to_be_visible()
        card.get_by_role("button", name="Approve").click()
        expect(card.get_by_text("1 of 2 approved")).to_be_visible()
        expect(card.get_by_text("by you")).to_be_visible()
        expect(card.get_by_text(MINE)).to_be_visible()
        expect(card.get_by_role("button", name="Approve")).to_be_disabled()
        card.get_by_role("button", name="Reject…").click()
        card.get_by_role("button", name="Reject", exact=True).click()
        expect(card).to_have_count(0)
    assert people.effects(thread) == ["rejected"]
