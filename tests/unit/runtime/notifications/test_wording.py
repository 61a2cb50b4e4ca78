from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.core.model import JsonObject
from podium.core.notification_settings import NotificationEvent
from podium.runtime.notifications.channel import Notification
from podium.runtime.notifications.wording import (
    LONGEST_SUBJECT,
    LONGEST_TEXT,
    notification_of,
    said,
)
from podium.storage.outbox import Concern, Occasion

THREAD = "252d5715-b2c6-4aa7-b80d-794d3250a721"
DIGEST = "fef9fcd7e2110066293d05401b9cd5a49f3362665f021ee5dcb07d2dc949d0a3"
REFUND = Concern("issue_refund", DIGEST, "proposed", "compensable")
WAITING = Occasion(
    "ntf_1", "approval_waiting", "2026-01-31T12:00:00.000000Z", 7, THREAD, "run", actions=(REFUND,)
)
EVENTS: tuple[NotificationEvent, ...] = get_args(NotificationEvent)


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_names_its_thread_and_what_to_type_next(event: NotificationEvent) -> None:
    found = notification_of(replace(WAITING, event=event), "desk")
    assert (found.id, found.event, found.project) == ("ntf_1", event, "desk")
    assert found.subject.startswith("desk: ")
    assert "podium " in found.text
    assert event == "chain_broken" or (THREAD in found.text and "issue_refund" in found.subject)


def test_an_approval_tells_tool_reach_and_how_to_answer() -> None:
    text = notification_of(WAITING, "desk").text
    assert "- issue_refund (compensable), action fef9fcd7e211" in text
    assert f"podium threads show {THREAD}" in text
    assert f"podium resume {THREAD} --approve, or --reject" in text


def test_an_answer_that_is_not_sure_can_be_given_by_a_person() -> None:
    found = notification_of(replace(WAITING, actions=()), "desk")
    assert found.subject == "desk: an answer waits for your decision"
    assert "--respond TEXT" in found.text


def test_a_thread_inside_another_graph_is_answered_there() -> None:
    text = notification_of(replace(WAITING, inside="desk"), "desk").text
    assert "podium resume" not in text
    assert "the graph around it" in text


def test_an_undoing_that_broke_off_is_told_as_one() -> None:
    concern = replace(REFUND, status="compensation_in_doubt")
    text = notification_of(replace(WAITING, event="effect_in_doubt", actions=(concern,)), "desk").text
    assert "was being undone" in text


def test_many_actions_are_counted() -> None:
    many = tuple(replace(REFUND, tool=f"tool_{number}") for number in range(40))
    found = notification_of(replace(WAITING, actions=many), "desk")
    assert "- and 35 more" in found.text
    assert "and 35 more" in found.subject


def test_a_thread_id_cannot_become_a_command() -> None:
    text = notification_of(replace(WAITING, thread_id="x; rm -rf ~"), "desk").text
    assert "podium resume 'x; rm -rf ~' --approve" in text


def test_secrets_do_not_leave() -> None:
    key = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH"
    concern = replace(REFUND, tool=f"tool {key}")
    found = notification_of(replace(WAITING, actions=(concern,), thread_id=key), f"desk {key}")
    assert key not in str(found.as_json())


def test_ids_and_digests_survive() -> None:
    found = notification_of(WAITING, "desk")
    assert (found.thread_id, found.run_id) == (THREAD, "run")
    assert found.data == {
        "record": 7,
        "actions": [
            {"tool": "issue_refund", "digest": DIGEST, "status": "proposed", "effect_class": "compensable"}
        ],
    }


@given(text=st.text(max_size=300), times=st.integers(1, 40))
def test_any_text_leaves_printable_and_bounded(text: str, times: int) -> None:
    given_text = text * times
    found = said(Notification("ntf_1", "test", "", given_text, given_text, given_text, given_text))
    assert len(found.subject) <= LONGEST_SUBJECT
    assert len(found.text) <= LONGEST_TEXT
    for name in (found.project, found.subject, found.thread_id):
        assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in name)
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in found.text if char not in "\n\t")
    found.text.encode()


def test_what_is_kept_is_read_back() -> None:
    found = notification_of(WAITING, "desk")
    assert Notification.from_json(found.as_json()) == found


@pytest.mark.parametrize("name", ["", "a b", "a\nb: c", "ä", "x" * 129])
def test_an_id_is_fit_for_a_header(name: str) -> None:
    with pytest.raises(ValueError, match="no plain name"):
        said(replace(notification_of(WAITING, "desk"), id=name))
    with pytest.raises(ValueError, match="no plain name"):
        said(replace(notification_of(WAITING, "desk"), event=name))


def test_facts_leave_as_safe_as_words() -> None:
    facts: JsonObject = {"password": "hunter22", "n": 1, "deep": [{"a\x1b": "b\x07" + "c" * 500}]}
    found = said(replace(notification_of(WAITING, "desk"), data=facts)).data
    assert found["n"] == 1
    assert "hunter22" not in str(found)
    assert "\x1b" not in str(found)
    assert "\\x" not in repr(found)
    assert len(str(found)) < 400
