"""A pulse from the form to “you said, we did”: asked, answered once, reminded, closed, told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.errors import Invalid, Refused
from app.messages.actions.delivering import run_due_deliveries
from app.messages.requester_links import pulse_link, with_answer_link
from app.models.improvements.iteration import Finding, Iteration
from app.models.messages import Delivery, DeliveryState, Message
from app.models.sponsors.pulse import Pulse, PulseBallot
from app.models.sponsors.words import PulseKind, PulseState, ThemeAnswer
from app.sponsors.pulses import themes
from app.sponsors.pulses.actions import PulseAbout, answer_pulse, revoke_pulse
from app.sponsors.pulses.closing import close_pulse
from app.sponsors.pulses.nightly import run_due_pulses
from app.sponsors.pulses.queries import pulse_page
from app.sponsors.pulses.rules import MOST_REMINDERS, quarter_of, reminder_due
from app.sponsors.pulses.starting import PulseTyped, launch_typed
from app.sponsors.pulses.telling import summing_letter
from tests.improvements.builders import MONDAY, Room, rows
from tests.improvements.crowd.builders import a_crowd, mailing
from tests.pages import Pages
from tests.sponsors.pulses.builders import a_pulse, invitations, people, say


@pytest.fixture
def pages(app: Flask) -> Pages:
    return Pages(app).as_operator()


@pytest.fixture
def room(pages: Pages) -> Room:
    made = Room(pages.parts.database, settings=pages.parts.settings)
    mailing(made, pages)
    return made


def there(room: Room, pulse_id: int, place: int = 0) -> str:
    """The path behind the link of somebody who is asked."""
    whole = pulse_link(room.settings, invitations(room, pulse_id)[place])
    return "/u/" + whole.partition("/u/")[2]


def test_a_link_is_short_enough_to_be_typed(room: Room):
    pulse_id = a_pulse(room, people(1))
    path = there(room, pulse_id)
    assert len("https://rung.example.org" + path) <= 60
    assert len("https://rung.example.org/u/9999999." + path.partition(".")[2]) <= 60


def test_people_answer_by_their_link_without_an_account_and_twice_counts_once(
    room: Room, pages: Pages
):
    pulse_id = a_pulse(room, people(6))
    visitor, path = Pages(pages.app), there(room, pulse_id)
    page = visitor.get(path)
    assert "Nobody sees who answered what." in page.content
    refused = visitor.submit(path, q2="Slow", status=422)
    assert "Choose one from 1 to 5." in refused.content
    assert refused.root.one("textarea").text == "Slow"
    page = visitor.submit(path, q1="4", q2="Slow")
    assert page.told == "Thank you. Your answer counts."
    assert "you have answered" in page.content
    page = visitor.post(path, {"q1": "1"})
    assert "You had answered already" in visitor.get(path).told or page
    assert len(rows(pages.parts.database, select(PulseBallot))) == 1
    assert "1 of 6 answered" in pages.get(f"/pulses/{pulse_id}").content


def test_a_scanner_changes_nothing(room: Room, pages: Pages):
    pulse_id = a_pulse(room, people(6))
    before = [one.answered for one in invitations(room, pulse_id)]
    events = len(rows(room.database, select(Message)))
    for place in range(6):
        for ask in (pages.client.get, pages.client.head, pages.client.options):
            assert ask(there(room, pulse_id, place)).status_code == 200
    assert [one.answered for one in invitations(room, pulse_id)] == before
    assert rows(room.database, select(PulseBallot)) == []
    assert len(rows(room.database, select(Message))) == events


@pytest.mark.parametrize("why", ["forged", "of another", "revoked", "expired"])
def test_a_link_that_leads_nowhere_says_so_kindly(
    room: Room, pages: Pages, clock, why: str
):
    pulse_id = a_pulse(room, people(6))
    path, other = there(room, pulse_id), there(room, pulse_id, 1)
    visitor = Pages(pages.app)
    if why == "forged":
        path = f"{path[:-3]}abc"
    elif why == "of another":
        path = path.partition(".")[0] + "." + other.partition(".")[2]
    elif why == "revoked":
        room.do(revoke_pulse, pulse_id)
    else:
        clock.forward(days=15)
        assert "This is over" in visitor.get(path).content
        with pytest.raises(Refused, match="over"):
            room.forward(days=15)
            say(room, invitations(room, pulse_id)[0], 4)
        return
    assert "This link leads nowhere any more" in visitor.get(path, status=404).text


def test_the_page_speaks_the_language_of_the_visitor(room: Room, pages: Pages):
    typed = PulseTyped(PulseKind.RELATIONSHIP, names=[f"P{n}" for n in range(5)])
    with pytest.raises(Invalid, match="Choose a service, a team or a site"):
        room.do(launch_typed, typed)
    improvement, metric = room.begun()
    room.running(improvement, metric)
    made = room.do(launch_typed, PulseTyped(PulseKind.PARTICIPANTS, improvement))
    found = pages.app.test_client().get(
        there(room, made.id), headers={"Accept-Language": "de-DE,de;q=0.9"}
    )
    assert "Es macht meine Arbeit leichter." in found.text


def test_fewer_than_five_answer_by_name_and_the_form_says_so(room: Room, pages: Pages):
    pulse_id = a_pulse(room, people(4))
    page = Pages(pages.app).get(there(room, pulse_id))
    assert "Your name stands beside your answers" in page.content
    say(room, invitations(room, pulse_id)[0], 2, "Too slow")
    room.do(close_pulse, pulse_id)
    page = pages.get(f"/pulses/{pulse_id}")
    answered = page.content.replace(" :", ":")
    assert "Lyon 0: 2" in answered and "Lyon 0: Too slow" in answered


def test_reminders_go_twice_at_most_and_only_to_who_has_not_answered(
    room: Room, pages: Pages, clock
):
    pulse_id = a_pulse(room, people(6))
    say(room, invitations(room, pulse_id)[0], 5)
    for _day in range(14):
        clock.forward(days=1)
        run_due_pulses(pages.parts)
    sent = [
        one
        for one in rows(room.database, select(Message))
        if one.subject.startswith("Still open")
    ]
    assert len(sent) == MOST_REMINDERS
    to = _recipients(room, [one.id for one in sent])
    assert to == {f"Lyon {n}" for n in range(1, 6)}
    clock.forward(days=1)
    run_due_pulses(pages.parts)
    [closed] = rows(room.database, select(Pulse))
    assert (closed.state, closed.answered) == (PulseState.CLOSED, 1)
    assert run_due_pulses(pages.parts) is False


def _recipients(room: Room, messages: Sequence[int]) -> set[str]:
    mine = select(Delivery).where(Delivery.message_id.in_(messages))
    return {one.name for one in rows(room.database, mine)}


@pytest.mark.parametrize("days", [1, 2, 3, 10, 60])
def test_nobody_is_reminded_on_the_first_day_or_twice_a_day(days: int):
    opened, closes = MONDAY.date(), MONDAY.date() + timedelta(days=days)
    sent, last = 0, None
    for day in range(days + 2):
        today = opened + timedelta(days=day)
        while reminder_due(opened, closes, sent, last, today):
            assert today != last and opened < today <= closes
            sent, last = sent + 1, today
    assert sent <= MOST_REMINDERS and (sent > 0 or days == 1)


def test_a_provider_that_is_down_delays_and_loses_nothing(
    room: Room, pages: Pages, clock
):
    a_pulse(room, people(3))
    run_due_deliveries(pages.parts)  # mail.example is nowhere
    waiting = rows(room.database, select(Delivery))
    lost = {DeliveryState.SENT, DeliveryState.SKIPPED}
    assert len(waiting) >= 3 and not lost & {one.state for one in waiting}
    assert {one.name for one in waiting} == {"Lyon 0", "Lyon 1", "Lyon 2"}


def test_every_mail_bears_its_own_link_and_the_tables_none(room: Room):
    pulse_id = a_pulse(room, people(3))
    with room.database.read() as session:
        [message] = session.scalars(select(Message))
        texts = {
            with_answer_link(session, one.recipient, message.text, room.settings)
            for one in session.scalars(select(Delivery))
        }
    assert "/u/" not in message.text and len(texts) == 3
    assert all(there(room, pulse_id, place) in "".join(texts) for place in range(3))


def test_what_people_say_becomes_findings_and_they_hear_what_became_of_them(
    room: Room, pages: Pages
):
    rung = a_crowd(room, 7)
    improvement = rows(room.database, select(Iteration))[0].improvement_id
    pages.get(f"/pulses/new/participants?improvement_id={improvement}")
    page = pages.submit()
    assert page.told.startswith("8 people are asked until")
    [made] = rows(room.database, select(Pulse))
    assert (made.iteration_id, made.asked, made.named) == (rung, 8, False)
    for place, one in enumerate(invitations(room, made.id)[:6]):
        _answer_all(room, one.id, made.id, 5 if place else 2)
    with pytest.raises(Refused, match="when the pulse is closed"):
        room.do(themes.add_theme, made.id, "It is slow")
    pages.submit(f"/pulses/{made.id}/close")
    # The gate of the rung reads it.
    [shown] = [one for one in rows(room.database, select(Iteration)) if one.id == rung]
    assert shown.pulse == pytest.approx(5 / 6, abs=0.001)
    pages.submit(f"/pulses/{made.id}/themes", title="It is slow", finding="y")
    [found] = rows(room.database, select(Finding))
    assert (found.title, found.source) == ("It is slow", "pulse")
    with pytest.raises(Refused, match="Say first what became of"):
        room.do(themes.sum_up, made.id, None)
    [theme] = room.ask(pulse_page, made.id).themes
    pages.get(f"/pulses/{made.id}/themes/{theme.id}")
    pages.submit(answer=ThemeAnswer.DID_NOT, text="The vendor stops in May")
    letter = summing_letter(made, room.ask(pulse_page, made.id).themes)
    assert "You said: It is slow\nWe did not, because: The vendor" in letter.text
    pages.get(f"/pulses/{made.id}")
    assert pages.submit(f"/pulses/{made.id}/sum-up").told.startswith("Everybody")
    asked = Pages(pages.app).get(there(room, made.id)).content
    assert "we did not, because: The vendor stops in May" in asked
    assert "What was answered" in asked
    assert rows(room.database, select(Pulse))[0].told_at is not None


def _answer_all(room: Room, invitation_id: int, pulse_id: int, value: int) -> None:
    questions = room.ask(pulse_page, pulse_id).questions
    values = {one.id: value for one in questions}
    room.do(answer_pulse, invitation_id, values, {}, by="")


def test_the_same_is_not_asked_twice_at_a_time_and_a_unit_once_a_quarter(room: Room):
    first = a_pulse(room, people(5))
    with pytest.raises(Refused, match="asked already"):
        a_pulse(room, people(6))
    room.do(close_pulse, first)
    assert a_pulse(room, people(6))
    quarter = {
        "kind": PulseKind.RELATIONSHIP,
        "about": PulseAbout("site:1:2026-Q1", unit="Lyon", quarter="2026-Q1"),
    }
    once = a_pulse(room, people(5), **quarter)
    room.do(close_pulse, once)
    with pytest.raises(Refused, match="asked already"):
        a_pulse(room, people(5), **quarter)
    assert quarter_of(MONDAY.date()) == "2026-Q1"


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"questions": ()}, "one question at least"),
        ({"title": " "}, "what it is about"),
        ({"closes_on": MONDAY.date()}, "a day at least"),
        ({"closes_on": MONDAY.date() + timedelta(days=90)}, "within 60 days"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_its_field(
    room: Room, changed: dict[str, object], problem: str
):
    with pytest.raises(Invalid, match=problem):
        a_pulse(room, people(5), **changed)
    assert rows(room.database, select(Pulse)) == []


def test_without_a_channel_the_links_are_handed_over(pages: Pages):
    room = Room(pages.parts.database, settings=pages.parts.settings)
    pulse_id = a_pulse(room, people(5))
    assert rows(room.database, select(Message)) == []
    page = pages.get(f"/pulses/{pulse_id}")
    assert there(room, pulse_id) in page.text
    assert there(room, pulse_id) not in _as_reader(pages, pulse_id)


def _as_reader(pages: Pages, pulse_id: int) -> str:
    reader = Pages(pages.app).as_operator("rita", permissions=("read",))
    return reader.get(f"/pulses/{pulse_id}").text
