"""What a meeting begins with, who was missing, and how a calendar reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.core.said import said, spoken
from app.models.sponsors.words import MeetingKind, OutcomeKind

LONGEST_MEETING = 24 * 60
LINE = 75
"""Octets that a line of a calendar holds (RFC 5545)."""

AGENDAS = {
    MeetingKind.KICK_OFF: said(
        "Goal: what is better at the end\nObjectives: how we will know\n"
        "Initiatives: what we do, in which order\nOrganisation: who does what, who decides\n"
        "Impact: what changes for each manager and team\nQuestions"
    ),
    MeetingKind.WORKSHOP: said(
        "Key messages\nWhat is it like today, in your words\nTry it together\n"
        "What has to be true before it starts\nWho does what until when"
    ),
    MeetingKind.REVIEW: said(
        "What we expected\nWhat was measured\nWhat came up\n"
        "What we decide: go on, change, stop\nNext step"
    ),
    MeetingKind.ONE_TO_ONE: said(
        "What works for you, what does not\nWhat you need\nWhat we do until when"
    ),
}
"""What a meeting of each kind goes through, a point a line."""
SMALL_GROUP = said(
    "What each of you has to do with it, one by one\nEverybody writes down: what works, what does "
    "not\nRead aloud without names, then talked about\nWhat would have to be true for you\n"
    "What we do until when"
)
"""What a session of five at most goes through, for who does not speak up in a large room."""


@dataclass(frozen=True, slots=True)
class Became:
    """The record of an improvement that an outcome of a meeting became, by its number."""

    kind: OutcomeKind
    number: int


def became_of(record: str) -> Became | None:
    """Read what was chosen, such as ``task:7``; None for what names no record."""
    name, _, number = record.partition(":")
    if name not in list(OutcomeKind) or not number.isascii() or not number.isdigit():
        return None
    return Became(OutcomeKind(name), int(number))


@dataclass(frozen=True, slots=True)
class Agenda:
    """What the agenda of a meeting begins with: the points of its kind, with what is known."""

    kind: MeetingKind
    goal: str = ""
    objective: str = ""

    @property
    def text(self) -> str:
        """Return the points, one a line; for a kick-off with goal and objective where known."""
        lines = spoken(AGENDAS[self.kind]).splitlines()
        if self.kind is not MeetingKind.KICK_OFF:
            return "\n".join(lines)
        known = (self.goal, self.objective)
        for at, more in enumerate(known):
            head = lines[at].partition(":")[0]
            first = more.strip().partition("\n")[0]
            lines[at] = f"{head}: {first}" if first else lines[at]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """A meeting as a calendar reads it; ``number`` stays the same when it is moved."""

    number: int
    title: str
    begins_at: datetime
    minutes: int
    place: str = ""
    text: str = ""
    link: str = ""
    cancelled: bool = False

    def ical(self, host: str, now: datetime) -> str:
        """Return it as iCalendar (RFC 5545), which every calendar takes in."""
        ends = self.begins_at + timedelta(minutes=self.minutes)
        lines = [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Rung//Meetings//EN",
            "METHOD:PUBLISH",
            "BEGIN:VEVENT",
            f"UID:meeting-{self.number}@{host}",
            f"DTSTAMP:{_utc(now)}",
            f"DTSTART:{_utc(self.begins_at)}",
            f"DTEND:{_utc(ends)}",
            f"SUMMARY:{_escaped(self.title)}",
            *self._more(),
            f"STATUS:{'CANCELLED' if self.cancelled else 'CONFIRMED'}",
            "END:VEVENT",
            "END:VCALENDAR",
        ]
        return "".join(f"{part}\r\n" for line in lines for part in _folded(line))

    def _more(self) -> list[str]:
        told = (
            ("LOCATION", _escaped(self.place)),
            ("DESCRIPTION", _escaped(self.text)),
            ("URL", re.sub(r"\s", "", self.link)),
        )
        return [f"{name}:{value}" for name, value in told if value]


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    kept = re.sub(r"([\\;,])", r"\\\1", text.replace("\r\n", "\n").replace("\r", "\n"))
    return kept.replace("\n", "\\n")


def _folded(line: str) -> Iterable[str]:
    """Break a line at 75 octets, never inside a letter; what follows begins with a space."""
    part, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > LINE:
            yield part
            part, size = " ", 1
        part, size = part + letter, size + octets
    yield part
