"""How our own people see an improvement, time after time: from unsure to bought in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models.sponsors.pulse import Pulse, PulseAnswer, PulseQuestion
from app.models.sponsors.words import PulseKind, QuestionKind
from app.sponsors.pulses.rules import GOOD

UNSURE = 3
"""In the middle of the scale somebody is neither for it nor against it."""


@dataclass(frozen=True, slots=True)
class SentimentOnce:
    """What our own people said in one pulse: how many are for it, unsure, and against it."""

    pulse_id: int
    closed_at: datetime
    for_it: int
    unsure: int
    against: int

    @property
    def answers(self) -> int:
        """Return how many answered."""
        return self.for_it + self.unsure + self.against


def sentiment_of(session: Session, pulse: Pulse) -> list[SentimentOnce]:
    """Return what was said each time our own people were asked about the same, the first on top.

    A time of which too few answered left no answers, and does not stand here. One query.
    """
    if pulse.kind is not PulseKind.STAFF:
        return []
    first = (
        select(func.min(PulseQuestion.id))
        .where(PulseQuestion.kind == QuestionKind.SCALE)
        .group_by(PulseQuestion.pulse_id)
    )
    answers = (
        select(Pulse.id, Pulse.closed_at, PulseAnswer.value)
        .join(PulseAnswer, PulseAnswer.pulse_id == Pulse.id)
        .where(
            Pulse.kind == PulseKind.STAFF,
            Pulse.improvement_id == pulse.improvement_id,
            Pulse.closed_at.is_not(None),
            PulseAnswer.question_id.in_(first),
            PulseAnswer.value.is_not(None),
        )
        .order_by(Pulse.closed_at, Pulse.id, PulseAnswer.id)
    )
    times: dict[tuple[int, datetime], Counter[int]] = {}
    for number, closed, value in session.execute(answers):
        if closed is not None and value is not None:
            times.setdefault((number, closed), Counter())[value] += 1
    return [_once(number, closed, given) for (number, closed), given in times.items()]


def _once(number: int, closed: datetime, given: Counter[int]) -> SentimentOnce:
    for_it = sum(many for value, many in given.items() if value >= GOOD)
    unsure = given[UNSURE]
    return SentimentOnce(
        number, closed, for_it, unsure, given.total() - for_it - unsure
    )
