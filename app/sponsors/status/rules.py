"""How things stand, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.figures import day, people, share_of
from app.core.said import joined, nsaid, said, spoken
from app.core.spoken_times import length
from app.improvements.case.summary import VERDICTS
from app.models.improvements.words import ImprovementState, Verdict
from app.sponsors.adoption.rules import KnownShare


@dataclass(frozen=True, slots=True)
class PeopleMoved:
    """How many of all people stand in a role for good, how many more since a week ago, and when all
    will.
    """

    moved: int
    people: int
    lately: int
    ahead: str

    @property
    def sentence(self) -> str:
        """Say what changed in a week, and what is to be expected."""
        more = nsaid(
            "%(number)s more in a week.", "%(number)s more in a week.", self.lately
        )
        return joined([more, self.ahead])


@dataclass(frozen=True, slots=True)
class DeskKept:
    """How many incidents were restored in time in a week and in the week before, of how many, how
    many are open, and how old the oldest is.
    """

    kept: int
    due: int
    kept_before: int
    due_before: int
    open: int
    oldest: timedelta | None

    @property
    def sentence(self) -> str:
        """Say how the desk does, against the week before; few are not compared."""
        told = [_in_time(self.kept, self.due)]
        if self.due and self.due_before:
            before = share_of(self.kept_before, self.due_before)
            told.append(said("The week before: %(before)s.", before=before))
        if self.oldest is not None:
            told.append(
                nsaid(
                    "%(number)s incident is open, the oldest for %(length)s.",
                    "%(number)s incidents are open, the oldest for %(length)s.",
                    self.open,
                    length=length(self.oldest),
                )
            )
        return joined(told)


def _in_time(kept: int, due: int) -> str:
    if not due:
        return said("Nothing was to be restored this week.")
    share = share_of(kept, due)
    return said("Restored in time this week: %(share)s.", share=share)


@dataclass(frozen=True, slots=True)
class ImprovementStands:
    """One improvement as far as words about it need."""

    state: ImprovementState
    people: int
    adoption: KnownShare | None = None
    running: tuple[int, date | None] | None = None
    verdict: Verdict | None = None
    learned: str = ""
    support: str = ""


def stands(one: ImprovementStands) -> str:
    """Return how an improvement stands, with its last verdict in words."""
    if one.state is ImprovementState.STOPPED:
        return said("Stopped, and learned: %(learned)s", learned=one.learned or "–")
    told = [_reached(one)]
    if one.verdict is not None:
        told.append(said("Last rung: %(words)s.", words=VERDICTS[one.verdict]))
    return joined([*told, one.support] if one.support else told)


def support_told(index: str, moved: str) -> str:
    """Return how those who have a say stand in all, and what changed in four weeks."""
    if not moved:
        return said("Support %(index)s, of −100 to +100.", index=index)
    return said(
        "Support %(index)s, of −100 to +100; %(moved)s in four weeks.",
        index=index,
        moved=moved,
    )


def how_it_stands(states: list[ImprovementState], moved: PeopleMoved | None) -> str:
    """Return the one sentence on top: improvements on their way, and people moved."""
    going = states.count(ImprovementState.IN_PROGRESS)
    done = states.count(ImprovementState.EMBEDDED)
    if not states and not (moved and moved.moved):
        return said("Nothing has started yet.")
    told = []
    if states:
        told.append(
            nsaid(
                "%(number)s improvement is on its way, %(done)s embedded.",
                "%(number)s improvements are on their way, %(done)s embedded.",
                going,
                done=done,
            )
        )
    if moved is not None and moved.moved:
        told.append(
            said(
                "%(moved)s of %(people)s moved for good.",
                moved=moved.moved,
                people=people(moved.people),
            )
        )
    return joined(told)


def _reached(one: ImprovementStands) -> str:
    told = said("Nobody has it yet.")
    if one.adoption is not None and one.adoption.most:
        told = said("It works for %(known)s.", known=one.adoption.text)
    elif one.people:
        told = said("It works for %(people)s.", people=people(one.people))
    if one.state is ImprovementState.EMBEDDED:
        return joined([said("Embedded."), told])
    if one.state is ImprovementState.ON_HOLD:
        return joined([said("On hold."), told])
    return joined([told, _under_way(one)]) if one.running else told


def _under_way(one: ImprovementStands) -> str:
    number, until = one.running or (0, None)
    if until is None:
        return said("Rung %(number)s is on its way.", number=number)
    return said("Rung %(number)s runs until %(day)s.", number=number, day=day(until))


def without_names(text: str, names: Iterable[str]) -> str:
    """Return a text in which people who take part are nobody in particular: who reads it on the
    status page need not know them, and of one person every figure would be about that one.
    """
    somebody = spoken(said("somebody"))
    for name in sorted(names, key=len, reverse=True):
        pattern = rf"\b{re.escape(name)}\b"
        text = re.sub(pattern, somebody, text, flags=re.IGNORECASE)
    return text
