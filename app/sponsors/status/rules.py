"""How things stand, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.core.figures import day, people
from app.core.said import joined, nsaid, said
from app.improvements.case.summary import VERDICTS
from app.models.improvements.words import ImprovementState, Verdict


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
class ImprovementStands:
    """One improvement as far as words about it need."""

    state: ImprovementState
    people: int
    running: tuple[int, date | None] | None = None
    verdict: Verdict | None = None
    learned: str = ""


def stands(one: ImprovementStands) -> str:
    """Return how an improvement stands, with its last verdict in words."""
    if one.state is ImprovementState.STOPPED:
        return said("Stopped, and learned: %(learned)s", learned=one.learned or "–")
    told = [_reached(one)]
    if one.verdict is not None:
        told.append(said("Last rung: %(words)s.", words=VERDICTS[one.verdict]))
    return joined(told)


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
    if one.state is ImprovementState.EMBEDDED:
        return said("Embedded; it works for %(people)s.", people=people(one.people))
    if one.state is ImprovementState.ON_HOLD:
        return said("On hold; it works for %(people)s.", people=people(one.people))
    if one.running is None:
        return said("It works for %(people)s.", people=people(one.people))
    number, until = one.running
    if until is None:
        return said(
            "It works for %(people)s; rung %(number)s is on its way.",
            people=people(one.people),
            number=number,
        )
    return said(
        "It works for %(people)s; rung %(number)s runs until %(day)s.",
        people=people(one.people),
        number=number,
        day=day(until),
    )
