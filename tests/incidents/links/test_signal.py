"""Do people who were switched report more than before? And what an incident belongs to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Invalid
from app.incidents.links.actions import link, unlink
from app.incidents.links.queries import incidents_of, link_panel, reported_by
from app.incidents.links.rules import BEFORE, signal_of
from app.models.incidents.words import EventKind, LinkKind
from tests.incidents.builders import MONDAY, Desk

DAY = timedelta(days=1)


def test_more_than_their_own_past_is_more_than_usual() -> None:
    found = signal_of([MONDAY] * 8, after=4, before=1, now=MONDAY + 14 * DAY)
    assert (found.quiet, round(found.chance, 4)) == (False, 0.0018)
    assert found.sentence == (
        "4 incidents of 8 people since the switch (14 days each), 1 in the 84 days before: "
        "more than usual."
    )


def test_as_many_as_before_is_no_more_than_usual() -> None:
    assert (
        signal_of([MONDAY] * 8, after=2, before=12, now=MONDAY + 14 * DAY).quiet is True
    )


def test_silence_of_a_day_says_nothing_but_trouble_of_a_day_does() -> None:
    assert signal_of([MONDAY], after=0, before=0, now=MONDAY + DAY).quiet is None
    assert signal_of([MONDAY], after=2, before=0, now=MONDAY + DAY).quiet is False


@given(st.integers(0, 30), st.integers(0, 30), st.integers(4, 90))
def test_one_incident_more_never_looks_quieter(
    after: int, before: int, days: int
) -> None:
    now = MONDAY + days * DAY
    less, more = (
        signal_of([MONDAY] * 5, count, before, now) for count in (after, after + 1)
    )
    assert more.chance <= less.chance
    assert not (less.quiet is False and more.quiet is True)


def test_only_incidents_of_the_people_on_the_services_count(desk: Desk) -> None:
    carla, otto, others = desk.person("Carla"), desk.person("Otto"), desk.person("Ines")
    till, mail = desk.service("Till"), desk.service("Mail")
    since = desk.now
    for person, service, days in (
        (carla, till, 1),
        (carla, mail, 2),
        (otto, till, -5),
        (others, till, 1),
        (carla, till, -100),
    ):
        desk.reported(
            person_id=person, service_id=service, reported_at=since + days * DAY
        )
    found = desk.ask(reported_by, {carla: since, otto: since}, [till])
    assert (found.after, found.before) == (1, 1)
    everything = desk.ask(reported_by, {carla: since, otto: since})
    assert (everything.after, everything.before) == (2, 1)
    assert desk.ask(reported_by, {}) is None
    assert BEFORE == 84 * DAY


@pytest.fixture
def improvement(desk: Desk) -> int:
    from tests.improvements.builders import Room  # noqa: PLC0415 (only this fixture needs the other room)

    return Room(desk.database).raised("Tills start faster")


def test_an_incident_is_linked_and_the_link_taken_away(
    desk: Desk, improvement: int
) -> None:
    number = desk.reported()
    made = desk.do(link, number, f"improvement:{improvement}", LinkKind.CAUSE)
    panel = desk.ask(lambda session: link_panel(session, desk.incident(number)))
    assert [(each.kind, each.target.title) for each in panel.linked] == [
        (LinkKind.CAUSE, "Tills start faster")
    ]
    [seen] = desk.ask(incidents_of, improvement_id=improvement)
    assert (seen.id, seen.kind) == (number, LinkKind.CAUSE)
    with pytest.raises(Invalid, match="linked to Tills start faster already"):
        desk.do(link, number, f"improvement:{improvement}", LinkKind.SYMPTOM)
    assert desk.do(unlink, made.id).incident_id == number
    assert desk.ask(incidents_of, improvement_id=improvement) == []
    assert [event.kind for event in desk.events(number)][1:] == [
        EventKind.LINKED,
        EventKind.LINKED,
    ]


@pytest.mark.parametrize(
    "target", ["", "wave:1", "improvement:99", "service:1", "improvement:x"]
)
def test_nothing_is_linked_to_what_is_not_there(desk: Desk, target: str) -> None:
    with pytest.raises(Invalid) as told:
        desk.do(link, desk.reported(), target, LinkKind.CAUSE)
    assert told.value.field == "target"


def test_linking_is_no_work_on_the_incident(desk: Desk, improvement: int) -> None:
    number = desk.reported()
    touched = desk.incident(number).touched_at
    desk.forward(hours=3)
    desk.do(link, number, f"improvement:{improvement}", LinkKind.CAUSE)
    assert desk.incident(number).touched_at == touched
