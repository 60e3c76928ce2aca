"""Whom a pulse asks, what it shows to the team, and what to who was asked."""

from __future__ import annotations

import hmac
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.changes import one
from app.core.errors import NotFound
from app.core.said import said, spoken
from app.core.settings import Settings
from app.improvements.answers.queries import channels_of_links
from app.improvements.queries import get_improvement
from app.improvements.statistics.proportions import Proportion
from app.messages.requester_links import pulse_link, pulse_token
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration, Participation
from app.models.improvements.words import IterationState
from app.models.people import Person
from app.models.sponsors.pulse import (
    Pulse,
    PulseAnswer,
    PulseBallot,
    PulseInvitation,
    PulseQuestion,
    PulseTheme,
)
from app.models.sponsors.words import (
    PulseSplit,
    PulseState,
    QuestionKind,
)
from app.sponsors.pulses.rules import SCALE, satisfied

GONE = (
    "This link leads nowhere any more: the question was taken back, or the address is not whole. "
    "Whoever asked you is glad to hear it from you."
)
GOING = (IterationState.RUNNING, IterationState.REVIEWING)


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody who is to be asked."""

    name: str
    mail: str = ""
    person_id: int | None = None
    site: str = ""
    department: str = ""

    def part(self, split: PulseSplit) -> str:
        """Return where the person belongs, as far as results are split."""
        if split is PulseSplit.SITE:
            return self.site
        return self.department if split is PulseSplit.DEPARTMENT else ""


def invited_participants(session: Session, improvement_id: int) -> list[Invited]:
    """Return everybody who takes part in an improvement and is still there, each once."""
    rows = session.execute(
        select(Participation, Person)
        .join(Iteration, Iteration.id == Participation.iteration_id)
        .outerjoin(Person, Person.id == Participation.person_id)
        .where(
            Iteration.improvement_id == improvement_id,
            Participation.left_at.is_(None),
            Person.gone_at.is_(None),
        )
        .order_by(func.lower(Participation.name), Participation.id)
    )
    found = {
        one.person_id or one.name: _of(person) if person else Invited(one.name)
        for one, person in rows
    }
    return list(found.values())


def invited_sponsor(session: Session, improvement_id: int) -> list[Invited]:
    """Return the sponsor of an improvement, with the mail address that is known."""
    one = get_improvement(session, improvement_id)
    if not one.sponsor:
        return []
    person = session.get(Person, one.sponsor_person_id or 0)
    mail = one.sponsor_mail or (person.mail if person else "")
    return [Invited(one.sponsor, mail, person.id if person else None)]


def invited_at(session: Session, site: str) -> list[Invited]:
    """Return everybody the directory knows at a site."""
    there = select(Person).where(
        Person.site == site,
        Person.gone_at.is_(None),
        Person.disabled.is_(False),
        Person.service.is_(False),
    )
    found = session.scalars(there.order_by(func.lower(Person.name), Person.id))
    return [_of(person) for person in found]


def invited_by_number(session: Session, ids: Collection[int]) -> list[Invited]:
    """Return people of the directory by their numbers."""
    chosen = select(Person).where(Person.id.in_(ids))
    found = session.scalars(chosen.order_by(func.lower(Person.name), Person.id))
    return [_of(person) for person in found]


def rung_of(session: Session, improvement_id: int) -> int | None:
    """Return the rung whose gate reads what its people say: the one that goes on."""
    going = select(Iteration.id).where(
        Iteration.improvement_id == improvement_id, Iteration.state.in_(GOING)
    )
    return session.scalars(going.order_by(Iteration.id.desc())).first()


def questions_of(session: Session, pulse_id: int) -> list[PulseQuestion]:
    """Return the questions of a pulse in their order."""
    mine = select(PulseQuestion).where(PulseQuestion.pulse_id == pulse_id)
    return list(session.scalars(mine.order_by(PulseQuestion.position)))


def question_words(question: PulseQuestion) -> str:
    """Return a question in the reader's language, where it is one of ours."""
    return spoken(said(question.words)) if question.standard else question.words


@dataclass(frozen=True, slots=True)
class PulseLine:
    """A pulse in a list: how many answered, how many themes wait."""

    pulse: Pulse
    title: str
    answered: int
    themes: int


def pulse_lines(
    session: Session, *, improvement_id: int | None = None
) -> list[PulseLine]:
    """Return all pulses, or those of an improvement, the latest first. Three queries."""
    chosen = select(Pulse, Improvement.title).outerjoin(
        Improvement, Improvement.id == Pulse.improvement_id
    )
    if improvement_id is not None:
        chosen = chosen.where(Pulse.improvement_id == improvement_id)
    rows = session.execute(chosen.order_by(Pulse.id.desc())).all()
    sealed = _counted(session, PulseBallot)
    themes = _counted(session, PulseTheme)
    return [
        PulseLine(
            pulse,
            title or pulse.unit,
            _answered(pulse, sealed),
            themes.get(pulse.id, 0),
        )
        for pulse, title in rows
    ]


@dataclass(frozen=True, slots=True)
class PartResult:
    """What a part of those asked answered to a question on the scale."""

    part: str
    answers: int
    mean: float
    good: Proportion | None


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """What was answered to one question; a scale has its counts from 1 to 5, words stand as said.

    ``by_name`` holds the answers of a pulse by name.
    """

    question: PulseQuestion
    text: str
    whole: PartResult | None
    counts: tuple[int, ...]
    parts: tuple[PartResult, ...]
    words: tuple[str, ...]
    by_name: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PulsePage:
    """A pulse as its page shows it; no result stands in it before it is closed."""

    pulse: Pulse
    about: str
    questions: tuple[PulseQuestion, ...]
    answered: int
    results: tuple[QuestionResult, ...]
    themes: tuple[PulseTheme, ...]

    @property
    def is_open(self) -> bool:
        """Tell whether answers are taken."""
        return self.pulse.state is PulseState.OPEN

    @property
    def is_read(self) -> bool:
        """Tell whether the answers may be read."""
        return self.pulse.state in (PulseState.CLOSED, PulseState.SUMMED_UP)

    @property
    def too_few(self) -> bool:
        """Tell whether too few answered for anything to be shown."""
        few = self.answered < self.pulse.threshold
        return self.is_read and few and not self.pulse.named


def pulse_page(session: Session, pulse_id: int) -> PulsePage:
    """Return the page of a pulse. Raises ``NotFound``."""
    pulse = one(session, Pulse, pulse_id)
    questions = tuple(questions_of(session, pulse_id))
    mine = select(PulseTheme).where(PulseTheme.pulse_id == pulse_id)
    above = session.get(Improvement, pulse.improvement_id or 0)
    return PulsePage(
        pulse,
        above.title if above else pulse.unit,
        questions,
        _answered(pulse, _counted(session, PulseBallot)),
        _results(session, questions),
        tuple(session.scalars(mine.order_by(PulseTheme.id))),
    )


def links_to_hand_over(
    session: Session, settings: Settings, pulse_id: int
) -> list[tuple[str, str]]:
    """Return name and link of everybody asked in an open pulse, where no channel carries them."""
    mine = select(PulseInvitation).where(PulseInvitation.pulse_id == pulse_id)
    is_open = one(session, Pulse, pulse_id).state is PulseState.OPEN
    if not is_open or channels_of_links(session):
        return []
    asked = session.scalars(mine.order_by(PulseInvitation.id))
    return [(each.name, pulse_link(settings, each)) for each in asked]


@dataclass(frozen=True, slots=True)
class AskedPage:
    """What somebody who is asked sees behind the link."""

    invitation: PulseInvitation
    page: PulsePage
    may_answer: bool


def invitation_behind(session: Session, secret: str, token: str) -> PulseInvitation:
    """Return who a link belongs to. Raises ``NotFound`` for a forged or revoked one."""
    number = token.partition(".")[0]
    known = number.isascii() and number.isdigit() and len(number) < 10
    found = session.get(PulseInvitation, int(number)) if known else None
    if found is None:
        raise NotFound(GONE)
    given, right = token.encode(), pulse_token(secret, found).encode()
    pulse = session.get_one(Pulse, found.pulse_id)
    if not hmac.compare_digest(given, right) or pulse.state is PulseState.REVOKED:
        raise NotFound(GONE)
    return found


def asked_page(session: Session, secret: str, token: str, today: date) -> AskedPage:
    """Return the page behind a link. Raises ``NotFound``."""
    found = invitation_behind(session, secret, token)
    page = pulse_page(session, found.pulse_id)
    going = page.is_open and today <= page.pulse.closes_on
    return AskedPage(found, page, going and not found.answered)


def _of(person: Person) -> Invited:
    return Invited(person.name, person.mail, person.id, person.site, person.department)


def _counted(
    session: Session, kind: type[PulseBallot] | type[PulseTheme]
) -> Mapping[int, int]:
    counted = select(kind.pulse_id, func.count()).group_by(kind.pulse_id)
    return dict(session.execute(counted).all())


def _answered(pulse: Pulse, sealed: Mapping[int, int]) -> int:
    return sealed.get(pulse.id, 0) if pulse.answered is None else pulse.answered


def _results(
    session: Session, questions: Sequence[PulseQuestion]
) -> tuple[QuestionResult, ...]:
    ids = [question.id for question in questions]
    rows: dict[int, list[PulseAnswer]] = defaultdict(list)
    given = select(PulseAnswer).where(PulseAnswer.question_id.in_(ids))
    # By their drawn numbers: the order of a list must not be that of answering.
    for answer in session.scalars(given.order_by(PulseAnswer.id)):
        rows[answer.question_id].append(answer)
    return tuple(_result(each, rows[each.id]) for each in questions if rows[each.id])


def _result(question: PulseQuestion, rows: Sequence[PulseAnswer]) -> QuestionResult:
    values = [row.value for row in rows if row.value is not None]
    parts: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        if row.part and row.value is not None:
            parts[row.part].append(row.value)
    counts = Counter(values)
    is_scale = question.kind is QuestionKind.SCALE
    return QuestionResult(
        question,
        question_words(question),
        _part("", values) if values else None,
        tuple(counts[step] for step in SCALE) if is_scale else (),
        tuple(_part(part, some) for part, some in sorted(parts.items())),
        tuple(sorted(row.words for row in rows if row.words and not row.name)),
        tuple((row.name, row.words or f"{row.value}") for row in rows if row.name),
    )


def _part(part: str, values: Sequence[int]) -> PartResult:
    mean = sum(values) / len(values)
    return PartResult(part, len(values), mean, satisfied(values))
