"""Who answers by name, when somebody is reminded, and what may be shown of the answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.core.said import said
from app.improvements.statistics.proportions import Proportion, proportion
from app.models.sponsors.words import PulseKind, QuestionKind
from app.sponsors.pulses.anonymity import AnswerGroup, K, visible

SCALE = range(1, 6)
GOOD = 4
"""From here on the scale an answer counts as satisfied."""
MOST_REMINDERS = 2
MOST_QUESTIONS = 3
LONGEST_WORDS = 2000
USUAL_DAYS = 10
LONGEST_OPEN = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question before a pulse begins; a ``standard`` one is read in the reader's language."""

    words: str
    kind: QuestionKind = QuestionKind.SCALE
    standard: bool = False


def standard_questions(kind: PulseKind) -> tuple[Asked, ...]:
    """Return the questions a kind of pulse begins with; they can be changed before it is sent."""
    scale = {
        PulseKind.SPONSOR: (
            said("This is going where we need it to go."),
            said("I know what is needed from me."),
        ),
        PulseKind.PARTICIPANTS: (
            said("It makes my work easier."),
            said("I would not want to go back."),
        ),
        PulseKind.RELATIONSHIP: (
            said("We are understood, and what we need counts."),
            said("What is promised is kept."),
        ),
        PulseKind.STAFF: (
            said("I am for this change."),
            said("It makes our own work easier."),
        ),
    }[kind]
    last = {
        PulseKind.SPONSOR: said("What stands in the way, or what do you need?"),
        PulseKind.PARTICIPANTS: said("What should change first?"),
        PulseKind.RELATIONSHIP: said("What should we do differently?"),
        PulseKind.STAFF: said("What makes you unsure?"),
    }[kind]
    found = [Asked(words, QuestionKind.SCALE, True) for words in scale]
    return (*found, Asked(last, QuestionKind.WORDS, True))


def is_by_name(kind: PulseKind, asked: int, threshold: int = K) -> bool:
    """Tell whether answers bear a name: a sponsor's do, and those of fewer people than hide one."""
    return kind is PulseKind.SPONSOR or asked < threshold


def quarter_of(day: date) -> str:
    """Return the quarter of a day, as 2026-Q4."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def reminder_due(
    opened: date, closes: date, reminders: int, last: date | None, today: date
) -> bool:
    """Tell whether who has not answered is reminded today: at half time and a day before the end.

    Never on the day a mail went out already, and never more than twice.
    """
    if reminders >= MOST_REMINDERS or today <= (last or opened) or today > closes:
        return False
    half = opened + (closes - opened) / 2
    moments = sorted({half, closes - timedelta(days=1)})
    passed = sum(opened < moment <= today for moment in moments)
    return passed > reminders


@dataclass(frozen=True, slots=True)
class Ballot:
    """One answered form: what stands at each question, by its number."""

    part: str = ""
    name: str = ""
    values: Mapping[int, int] = field(default_factory=dict)
    words: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReleasedAnswer:
    """The answer to one question as it may be kept."""

    question_id: int
    part: str = ""
    name: str = ""
    value: int | None = None
    words: str = ""


def shown_parts(ballots: Sequence[Ballot], threshold: int) -> frozenset[str]:
    """Return the parts whose result may be shown: none from which a hidden one follows."""
    counts = Counter(ballot.part for ballot in ballots)
    inside = tuple(AnswerGroup(part, n) for part, n in counts.items() if part)
    # The whole bears a name that no part can bear.
    whole = AnswerGroup("\0", len(ballots), inside)
    return visible(whole, threshold) - {whole.name}


def released(
    ballots: Sequence[Ballot], *, named: bool, threshold: int
) -> list[ReleasedAnswer]:
    """Return what may be kept of the answers: nothing of an anonymous pulse that fewer answered
    than hide one.

    Each question stands alone, so that no two answers are known to be of one person.
    """
    if not named and len(ballots) < threshold:
        return []
    shown = frozenset() if named else shown_parts(ballots, threshold)
    found = []
    for ballot in ballots:
        part = ballot.part if ballot.part in shown else ""
        name = ballot.name if named else ""
        found += [
            ReleasedAnswer(number, part, name, value)
            for number, value in ballot.values.items()
        ]
        found += [
            ReleasedAnswer(number, name=name, words=words)
            for number, words in ballot.words.items()
        ]
    return found


def satisfied(answers: Sequence[int]) -> Proportion | None:
    """Return the share of 4 and 5 among answers from 1 to 5; None without answers."""
    return proportion(sum(value >= GOOD for value in answers), len(answers))
