"""A meeting as a calendar takes it in, and what its agenda begins with."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.models.sponsors.words import MeetingKind
from app.sponsors.meetings.rules import AGENDAS, Agenda, CalendarEntry

NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def entry(**values: object) -> str:
    made: dict[str, object] = {"number": 7, "title": "Kick-off", "begins_at": NINE}
    return CalendarEntry(**{**made, "minutes": 90, **values}).ical("rung.example", NINE)  # type: ignore[arg-type]


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def test_a_calendar_reads_when_where_and_what() -> None:
    lines = unfolded(entry(place="Room 1; left, upstairs", text="Goal\nQuestions"))
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""]
    assert "UID:meeting-7@rung.example" in lines
    assert "DTSTART:20260302T090000Z" in lines and "DTEND:20260302T103000Z" in lines
    assert "LOCATION:Room 1\\; left\\, upstairs" in lines
    assert "DESCRIPTION:Goal\\nQuestions" in lines
    assert "STATUS:CANCELLED" in unfolded(entry(cancelled=True))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_no_title_breaks_out_of_its_line(title: str) -> None:
    text = entry(title=title)
    kept = title.replace("\r\n", "\n").replace("\r", "\n")
    for sign in "\\;,":
        kept = kept.replace(sign, f"\\{sign}")
    assert "SUMMARY:" + kept.replace("\n", "\\n") in unfolded(text)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))


def test_a_kick_off_begins_with_goal_and_objective_and_covers_each_team() -> None:
    text = Agenda(
        MeetingKind.KICK_OFF, "Nobody waits\nfor long", "Loyal customers"
    ).text
    lines = text.splitlines()
    assert lines[:2] == ["Goal: Nobody waits", "Objectives: Loyal customers"]
    words = ("Initiatives", "Organisation", "Impact")
    assert all(any(line.startswith(word) for line in lines) for word in words)
    assert set(AGENDAS) == set(MeetingKind)
