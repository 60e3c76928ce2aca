"""Words, addresses and outcomes: what is a promise, a secret, an answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.messages.rules import addresses, delivery, policy, wording
from app.messages.rules.delivery import Ending, judged


@pytest.mark.parametrize(
    "text",
    [
        "It will be fixed by 14:00.",
        "We will have it back shortly.",
        "Everything is working again in about 2 hours.",
        "The repair takes another 30 minutes.",
        "ETA 15:00.",
        "The system should be available tomorrow.",
        "It'll be restored before lunch.",
        "No later than noon.",
        "It works again soon.",
    ],
)
def test_a_promised_end_is_found(text: str) -> None:
    assert wording.promises(text)
    assert any("promises an end" in one for one in wording.checked("update", text).must)


@pytest.mark.parametrize(
    "text",
    [
        "The tills do not start since 09:10. The administrators are working on it.",
        "The next message comes at 10:30.",
        "We will tell you by 10:30 how far we are; next update in 30 minutes.",
        "Nothing has changed. Pay with the mobile reader meanwhile.",
        "The technician is at the site since 10:00.",
    ],
)
def test_what_is_known_and_when_we_write_again_may_be_said(text: str) -> None:
    assert wording.checked("update", text) == wording.Checked()


def test_what_was_restored_and_what_is_planned_names_its_times() -> None:
    assert not wording.checked("restored", "It was back at 14:00.").must
    assert not wording.checked(
        "planned work", "The tills are off for 2 hours from 20:00."
    ).must


def test_blanks_guesses_and_defences_are_named() -> None:
    found = wording.checked(
        "update", "Since [time] it is probably slow. As we told you, calm down!!"
    )
    assert found.must == ("Fill in “[time]” or take it out.",)
    assert [one.split("”")[0] for one in found.ask] == [
        "“probably",
        "“As we told",
        "“calm down",
        "“!!",
    ]


@pytest.mark.parametrize("kind", wording.OPENINGS)
def test_every_opening_leaves_what_is_not_known_to_a_person_and_passes_the_check_once_filled_in(
    kind: str,
) -> None:
    facts = dict.fromkeys(("service", "team", "since", "now"), "x") | {"where": ""}
    _, text = wording.opening(kind, facts)
    assert wording.BLANK.search(text)
    assert wording.checked(kind, wording.BLANK.sub("it", text)) == wording.Checked()


@pytest.mark.parametrize(
    "url",
    [
        "slack://tokenA/tokenB/tokenC",
        "mailto://desk:secret@mail.example?to={address}",
        "json://sms.example/{address}?apikey=1",
        "tgram://123:abc/{address}",
    ],
)
def test_an_address_with_a_secret_has_to_be_kept_elsewhere_and_is_never_shown(
    url: str,
) -> None:
    assert "holds a secret" in addresses.url_problem(url)
    assert "secret" not in addresses.shown(url) and "tokenC" not in addresses.shown(url)


@pytest.mark.parametrize(
    "url", ["mailto://mail.example?to={address}", "jsons://hooks.example/rung"]
)
def test_addresses_without_a_secret_may_be_typed(url: str) -> None:
    assert addresses.url_problem(url) == ""


@pytest.mark.parametrize(
    "url", ["file://x/y", "nonsense", "", "json://h/\nx", "json://h/\0"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    assert addresses.url_problem(url)


@given(st.text(max_size=60))
def test_no_typed_address_becomes_more_than_one_recipient(text: str) -> None:
    found = addresses.usable_mail(text)
    assert found == "" or (found.count("@") == 1 and not set(found) & set(",; \n\r\t"))
    filled = addresses.filled("json://h/{address}?a=1", found)
    assert filled.count("?") == 1 and filled.count("&") == 0


@pytest.mark.parametrize(
    ("typed", "usable"),
    [
        ("+49 (171) 555-0101", "+491715550101"),
        ("0171/5550101", "01715550101"),
        ("call me", ""),
        ("12", ""),
    ],
)
def test_numbers_are_cleaned(typed: str, usable: str) -> None:
    assert addresses.usable_phone(typed) == usable


@pytest.mark.parametrize(
    ("line", "ending"),
    [
        ("Socket Exception: {'a@b.example': (550, b'no such user')}", Ending.REFUSED),
        ("Socket Exception: {'a@b.example': (451, b'later')}", Ending.LATER),
        ("Failed to send JSON POST notification: error=404.", Ending.REFUSED),
        ("Failed to send JSON POST notification: error=429.", Ending.LATER),
        ("Socket Exception: Connection unexpectedly closed: timed out", Ending.UNKNOWN),
        (
            "Socket Exception: Max retries exceeded (Caused by NewConnectionError: refused)",
            Ending.LATER,
        ),
        (
            "Socket Exception: HTTPConnectionPool: Read timed out. (read timeout=1.0)",
            Ending.UNKNOWN,
        ),
        ("anything else", Ending.LATER),
    ],
)
def test_what_a_provider_s_failure_means(line: str, ending: Ending) -> None:
    found = judged([line])
    assert found.ending is ending
    assert "b.example" not in found.problem


def test_a_server_that_closed_before_anything_was_handed_over_is_tried_again() -> None:
    lines = [
        'Connection error while submitting email to "h"',
        "Socket Exception: Connection unexpectedly closed",
    ]
    assert judged(lines).ending is Ending.LATER


def test_pauses_grow_and_end() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    pauses = [delivery.next_try(attempts, now) for attempts in (1, 2, 3)]
    assert pauses == [now + timedelta(seconds=30), now + timedelta(minutes=2), None]


STATES = (
    "waiting",
    "sending",
    "sent",
    "told in person",
    "failed",
    "may have been sent",
    "not needed",
    "to call",
)


@given(st.lists(st.sampled_from(STATES), min_size=1))
def test_one_delivery_that_arrived_is_enough_to_be_told_and_none_is_not(
    states: list[str],
) -> None:
    assert (delivery.standing(states) == "told") == bool(
        {"sent", "told in person"} & set(states)
    )


def test_the_policy_survives_being_stored() -> None:
    assert policy.numbers_from(policy.content_of(policy.DEFAULT)) == policy.DEFAULT
    assert policy.numbers_from({}) == policy.DEFAULT


def test_a_mass_incident_owes_its_first_message_within_the_policy_s_minutes() -> None:
    assert [
        policy.DEFAULT.first_minutes(priority, mass=True) for priority in (1, 3, 5)
    ] == [
        15,
        15,
        15,
    ]
    assert policy.DEFAULT.first_minutes(5, mass=False) == 0
