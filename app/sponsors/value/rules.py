"""Which figures can be published, and the report of what the work is worth in plain words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.core.figures import figure, people, share_of
from app.core.said import nsaid, said

SPAN = timedelta(days=28)
LEAST = 5
"""A figure of fewer than so many says nothing in public: it could be told of whom it is."""


@dataclass(frozen=True, slots=True)
class ValueFacts:
    """What was counted in four weeks; of teams and of all, never of single people."""

    reported: int
    restored: int
    kept: int
    due: int
    moved: int
    people: int
    embedded: int
    thanks: int
    contacts: int
    manner: int


@dataclass(frozen=True, slots=True)
class ValueFigure:
    """One figure: what it is called, what it says, how it is counted, and of how many."""

    key: str
    name: str
    value: str
    definition: str
    of: int

    @property
    def is_enough(self) -> bool:
        """Tell whether it is of so many that it tells of no single one."""
        return self.of >= LEAST


def figures_from(facts: ValueFacts) -> tuple[ValueFigure, ...]:
    """Return every figure that can be published, each with how it is counted."""
    return (
        ValueFigure(
            "calls",
            said("Reports a day"),
            figure(facts.reported / SPAN.days),
            said("Everything reported to the desk in 28 days, by the day."),
            facts.reported,
        ),
        ValueFigure(
            "restored",
            said("Works again"),
            figure(facts.restored),
            said("What was reported and works again, in 28 days."),
            facts.restored,
        ),
        ValueFigure(
            "in-time",
            said("Restored in time"),
            share_of(facts.kept, facts.due),
            said("Of what was to be restored in 28 days, what was in time."),
            facts.due,
        ),
        ValueFigure(
            "moved",
            said("People with a role"),
            share_of(facts.moved, facts.people),
            said(
                "Of all people, those who moved from single rights to a role for good."
            ),
            facts.people,
        ),
        ValueFigure(
            "embedded",
            said("Improvements embedded"),
            figure(facts.embedded),
            said(
                "Improvements that were tried in small steps and stay, since the start."
            ),
            LEAST,
        ),
        ValueFigure(
            "thanks",
            said("Thank-yous"),
            figure(facts.thanks),
            said("Thanks that somebody said and that were written down, in 28 days."),
            LEAST,
        ),
        ValueFigure(
            "contacts",
            said("Visits and talks"),
            figure(facts.contacts),
            said("Times somebody of us was in touch in person, in 28 days."),
            LEAST,
        ),
    )


PURPOSES = {
    "calls": said("So that everybody sees how much is asked of us."),
    "restored": said("So that everybody sees what got done."),
    "in-time": said("So that we keep our word, and see where we do not."),
    "moved": said("So that everybody sees how far the change of access is."),
    "embedded": said("So that everybody sees that ideas become better work."),
    "thanks": said("So that good work is seen too."),
    "contacts": said("So that nobody has to write to strangers."),
}
"""What each figure is for, until somebody says it better."""


def report_of(facts: ValueFacts) -> tuple[str, ...]:
    """Return what the work was worth in four weeks, in words for somebody outside."""
    told = [
        nsaid(
            "%(number)s time somebody asked us for help in four weeks; "
            "%(restored)s of it works again.",
            "%(number)s times somebody asked us for help in four weeks; "
            "%(restored)s of it works again.",
            facts.reported,
            restored=facts.restored,
        )
    ]
    if facts.due:
        kept = share_of(facts.kept, facts.due)
        told.append(said("We kept our time for %(kept)s.", kept=kept))
    if facts.moved:
        moved = people(facts.moved)
        told.append(
            said(
                "%(moved)s need no single rights any more, their role has them.",
                moved=moved,
            )
        )
    told.append(
        nsaid(
            "%(number)s improvement was tried in small steps and stays.",
            "%(number)s improvements were tried in small steps and stay.",
            facts.embedded,
        )
    )
    told.append(
        nsaid(
            "Somebody said thank you %(number)s time.",
            "Somebody said thank you %(number)s times.",
            facts.thanks,
        )
    )
    if facts.manner:
        told.append(
            nsaid(
                "%(number)s of these thanks was for how we are with people.",
                "%(number)s of these thanks were for how we are with people.",
                facts.manner,
            )
        )
    return tuple(told)
