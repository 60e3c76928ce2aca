"""The status as a mail: the same as the page says, and the end of the audit trail as a witness."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.core.audit import head_of
from app.core.figures import day, people
from app.core.said import said, spoken
from app.improvements.board.rules import Rungs
from app.messages.requester_links import LINK_HERE
from app.sponsors.links.queries import StatusLinkLine
from app.sponsors.status.queries import StatusShown, status_of

FOUR = 4


@dataclass(frozen=True, slots=True)
class StatusLetter:
    """The mail of one week: what it is about and what it says, in the language of its reader."""

    subject: str
    text: str


def status_letter(
    session: Session, line: StatusLinkLine, now: datetime
) -> StatusLetter:
    """Return what is written this week to whom a link was given; the link itself is put in when it
    is sent.
    """
    link = line.link
    found = status_of(session, now, link.improvement_id, knows=line.knows)
    number, end = head_of(session)
    witness = said(
        "The audit trail ends at number %(number)s with %(end)s. Kept, this mail shows later that "
        "nothing before was changed.",
        number=number,
        end=end,
    )
    stop = said("Answer, or stop this mail: %(page)s", page=LINK_HERE)
    parts = [*_told(found), spoken(stop), spoken(witness)]
    subject = said("How it stands: %(sentence)s", sentence=spoken(found.sentence))
    return StatusLetter(spoken(subject), "\n\n".join(parts))


def glyph(rungs: Rungs) -> str:
    """Return a ladder in signs, as ●●◐○."""
    half = min(1, rungs.running) if rungs.done < FOUR else 0
    return "●" * rungs.done + "◐" * half + "○" * (FOUR - rungs.done - half)


def _told(found: StatusShown) -> Iterator[str]:
    yield spoken(found.sentence)
    if found.asked is not None:
        ask = found.asked.ask
        head = said("One thing from you until %(day)s:", day=day(ask.due))
        yield _list(spoken(head), [f"{ask.text} ({found.asked.title})"])
    if found.moved is not None:
        moved = said(
            "People moved: %(moved)s of %(people)s.",
            moved=found.moved.moved,
            people=people(found.moved.people),
        )
        yield f"{spoken(moved)} {spoken(found.moved.sentence)}"
    if found.improvements:
        lines = [
            f"{glyph(one.rungs)} {one.title}: {spoken(one.words)}"
            for one in found.improvements
        ]
        yield _list(spoken(said("Improvements:")), lines)
    if found.desk is not None:
        yield spoken(said("Desk: %(told)s", told=spoken(found.desk.sentence)))
    yield from _below(found)


def _below(found: StatusShown) -> Iterator[str]:
    below = found.below
    for head, lines in (
        (said("Learned:"), below.learned),
        (said("Decided:"), below.decided),
        (said("Next:"), below.following),
        (said("Said – done:"), [f"{one.said} → {one.done}" for one in below.done]),
    ):
        if lines:
            yield _list(spoken(head), lines)


def _list(head: str, lines: list[str] | tuple[str, ...]) -> str:
    plain = [" ".join(line.split()) for line in lines]
    return "\n".join([head, *(f"- {line}" for line in plain)])
