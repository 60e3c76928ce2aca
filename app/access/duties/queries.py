"""The duties of a wave as its page shows them, and the page behind the link of one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, joinedload

from app.access.duties.rules import moment_now
from app.access.waves.ladder import marks_of
from app.access.waves.named import duties_named
from app.access.waves.queries import wave_alone
from app.access.waves.told import told_of
from app.core.errors import NotFound
from app.core.settings import Settings
from app.improvements.answers.queries import GONE
from app.messages.requester_links import duty_link, read_duty_token
from app.models.access.duties import WaveDuty
from app.models.access.wave import Switch, Wave
from app.models.access.words import DutyAnswer, DutyMoment
from app.models.improvements.iteration import Iteration
from app.models.people import Person

MOST_NAMES = 25
"""Of so many people at most the names stand on the page behind a link."""


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One named duty of a wave: who has it, what was said, and the link while there is one."""

    id: int
    duty: str
    person_id: int
    name: str
    mail: str
    moment: DutyMoment
    answer: DutyAnswer
    words: str
    said_at: datetime | None
    sent_at: datetime | None
    link: str
    link_until: datetime | None
    waived_by: str
    waived_at: datetime | None
    waived_why: str
    lets_go: bool


@dataclass(frozen=True, slots=True)
class DutiesPage:
    """The named duties of a wave; ``moment`` is what can be asked now, nothing once it is over."""

    wave_id: int
    number: int
    role: str
    moment: DutyMoment | None
    lines: tuple[DutyLine, ...]

    @property
    def now(self) -> tuple[DutyLine, ...]:
        """Return the duties that are asked now."""
        return tuple(line for line in self.lines if line.moment is self.moment)

    @property
    def silent(self) -> tuple[DutyLine, ...]:
        """Return who is asked now, said nothing yet, and is not gone on without."""
        return tuple(
            line
            for line in self.now
            if line.answer is DutyAnswer.OPEN and line.waived_at is None
        )

    @property
    def missing(self) -> int:
        """Return how many of those asked now are in the way."""
        return sum(not line.lets_go for line in self.now)


def duties_page(session: Session, wave_id: int, settings: Settings) -> DutiesPage:
    """Return the named duties of a wave. Raises ``NotFound``."""
    # Who only looks how far a big wave is does without its plan, which is megabytes.
    wave = wave_alone(session, wave_id, defer(Wave.plan, raiseload=True))
    lines = tuple(_line(duty, settings) for duty in duties_named(session, wave_id))
    moment = moment_of_wave(session, wave)
    return DutiesPage(wave.id, wave.number, wave.role.name, moment, lines)


def moment_of_wave(session: Session, wave: Wave) -> DutyMoment | None:
    """Return what duties of a wave can be asked now."""
    state = select(Iteration.state).where(Iteration.id == wave.iteration_id)
    begun = wave.started_at is not None
    return moment_now(wave.state, session.scalar(state), begun=begun)


def _line(duty: WaveDuty, settings: Settings) -> DutyLine:
    return DutyLine(
        id=duty.id,
        duty=duty.duty,
        person_id=duty.person_id,
        name=duty.person.name,
        mail=duty.person.mail,
        moment=duty.moment,
        answer=duty.answer,
        words=duty.words,
        said_at=duty.said_at,
        sent_at=duty.sent_at,
        link=duty_link(settings, duty) if duty.link_mark else "",
        link_until=duty.link_until,
        waived_by=duty.waived_by,
        waived_at=duty.waived_at,
        waived_why=duty.waived_why,
        lets_go=duty.lets_go,
    )


@dataclass(frozen=True, slots=True)
class DutyAsked:
    """What a named duty sees behind the link: the wave in figures, and what was said so far."""

    duty_id: int
    duty: str
    name: str
    role: str
    moment: DutyMoment
    answer: DutyAnswer
    words: str
    may_answer: bool
    opens_at: datetime | None
    people: int
    names: tuple[str, ...]
    losses: int
    gains: int
    moved: int
    seen: int


def duty_behind(session: Session, secret: str, token: str, now: datetime) -> WaveDuty:
    """Return whom a link belongs to.

    Raises ``NotFound`` for a forged, revoked or expired one.
    """
    number, mark = read_duty_token(secret, token) or (0, "")
    mine = select(WaveDuty).where(WaveDuty.id == number)
    loaded = mine.options(joinedload(WaveDuty.person))
    duty = session.scalars(loaded).one_or_none()
    if duty is None or not mark or duty.link_mark != mark:
        raise NotFound(GONE)
    if duty.link_until is None or now > duty.link_until:
        raise NotFound(GONE)
    return duty


def duty_asked(session: Session, secret: str, token: str, now: datetime) -> DutyAsked:
    """Return the page behind a link. Raises ``NotFound`` as ``duty_behind`` does."""
    duty = duty_behind(session, secret, token, now)
    wave = wave_alone(session, duty.wave_id)
    totals, marks = told_of(wave).totals, marks_of(session, wave.id)
    return DutyAsked(
        duty_id=duty.id,
        duty=duty.duty,
        name=duty.person.name,
        role=wave.role.name,
        moment=duty.moment,
        answer=duty.answer,
        words=duty.words,
        may_answer=moment_of_wave(session, wave) is duty.moment,
        opens_at=wave.opens_at,
        people=totals.people.value,
        names=_names(session, wave.id),
        losses=totals.losses.value,
        gains=totals.gains.value,
        moved=marks.moved,
        seen=marks.seen,
    )


def _names(session: Session, wave_id: int) -> tuple[str, ...]:
    mine = select(Person.name).join(Switch, Switch.person_id == Person.id)
    rows = mine.where(Switch.wave_id == wave_id).order_by(Switch.position)
    return tuple(session.scalars(rows.limit(MOST_NAMES)))
