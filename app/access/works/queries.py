"""The page behind a link of somebody who was moved, and who of a wave is asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from app.access.document import PlannedPerson
from app.access.queries import plan_for
from app.access.soak.queries import BY_SOMEBODY
from app.core.errors import NotFound
from app.improvements.answers.queries import GONE
from app.messages.requester_links import SWITCH, read_works_token
from app.messages.rules.recipients import Recipient
from app.models.access.role import Role
from app.models.access.wave import Step, Switch, Wave
from app.models.access.words import HOLDING, RESTING, Phase, StepState, SwitchState
from app.models.access.works import SeenDay, WorksAnswer, WorksAsk
from app.models.catalog.service import Service, ServiceRight
from app.models.directory import Entitlement
from app.models.people import Person


@dataclass(frozen=True, slots=True)
class TouchedService:
    """An application that a person's move touches, by which of the rights, and what they say of it;
    no number: everything together, where no right has a service.
    """

    service_id: int | None
    name: str
    rights: tuple[str, ...]
    works: bool | None = None
    incident_id: int | None = None


@dataclass(frozen=True, slots=True)
class WorksPage:
    """What somebody who was moved sees behind their link; ``again``: nobody said yet today that it
    works, and the plan wants more days.
    """

    ask_id: int
    wave_id: int
    person_id: int
    name: str
    role: str
    services: tuple[TouchedService, ...]
    may_answer: bool
    again: bool = False

    @property
    def all_work(self) -> bool:
        """Tell whether the person said of everything that it works."""
        return all(each.works for each in self.services)


def ask_behind(session: Session, secret: str, token: str) -> WorksAsk:
    """Return whom a link belongs to. Raises ``NotFound`` for a forged or revoked one."""
    number, mark = read_works_token(
        secret,
        token,
    ) or (0, "")
    loaded = joinedload(WorksAsk.switch).joinedload(Switch.person)
    mine = select(WorksAsk).where(WorksAsk.id == number).options(loaded)
    ask = session.scalars(mine).one_or_none()
    if ask is None or not mark or ask.link_mark != mark:
        raise NotFound(GONE)
    return ask


def works_page(session: Session, secret: str, token: str, now: datetime) -> WorksPage:
    """Return the page behind a link. Raises ``NotFound`` when the link is none or has expired."""
    ask = ask_behind(
        session,
        secret,
        token,
    )
    if ask.link_until is None or now > ask.link_until:
        raise NotFound(GONE)
    switch = ask.switch
    wave = session.get_one(
        Wave,
        switch.wave_id,
    )
    return WorksPage(
        ask_id=ask.id,
        wave_id=wave.id,
        person_id=switch.person_id,
        name=switch.person.name,
        role=session.get_one(
            Role,
            wave.role_id,
        ).name,
        services=touched_by(
            session,
            ask,
            wave,
            switch.person.key,
        ),
        may_answer=switch.state in HOLDING,
        again=switch.state is SwitchState.SOAKING
        and not _said_today(session, ask, now),
    )


def _said_today(session: Session, ask: WorksAsk, now: datetime) -> bool:
    mine = SeenDay.switch_id == ask.switch_id, SeenDay.day == now.date()
    days = select(SeenDay.id).where(*mine, SeenDay.how.in_(BY_SOMEBODY))
    return session.scalars(days).first() is not None


def touched_by(
    session: Session, ask: WorksAsk, wave: Wave, key: str
) -> tuple[TouchedService, ...]:
    """Return the applications that a person's part of a plan touches, by name, each with what they
    said of it.
    """
    part = plan_for(
        wave,
        key,
    ).part_of(key)
    found = _services(
        session,
        wave.role_id,
        _touched(part),
    )
    said = {
        answer.service_id: answer
        for answer in session.scalars(
            select(WorksAnswer).where(WorksAnswer.ask_id == ask.id)
        )
    }
    named: dict[int | None, tuple[str, list[str]]] = {}
    for service, name, right in found:
        named.setdefault(
            service,
            (name, []),
        )[1].append(right)
    if not named:
        named[None] = "", []
    return tuple(
        TouchedService(
            service,
            name,
            tuple(rights),
            said[service].works if service in said else None,
            said[service].incident_id if service in said else None,
        )
        for service, (name, rights) in named.items()
    )


def _touched(part: PlannedPerson) -> set[str]:
    changed = {step.group_key for step in part.steps if step.group_key}
    return changed | {right.key for right in part.sees}


def _services(
    session: Session, role_id: int, keys: Iterable[str]
) -> list[tuple[int, str, str]]:
    directory = select(Role.directory_id).where(Role.id == role_id).scalar_subquery()
    rows = (
        select(
            Service.id,
            Service.name,
            Entitlement.cn,
        )
        .join(
            ServiceRight,
            ServiceRight.service_id == Service.id,
        )
        .join(
            Entitlement,
            Entitlement.id == ServiceRight.entitlement_id,
        )
        .where(
            Entitlement.key.in_([*keys]),
            Entitlement.directory_id == directory,
        )
        .order_by(
            func.lower(Service.name),
            Service.id,
            Entitlement.cn,
        )
    )
    return [(number, name, right) for number, name, right in session.execute(rows)]


@dataclass(frozen=True, slots=True)
class WorksStanding:
    """What a moved person said so far; ``given`` are rights that can be given back at once."""

    ask_id: int
    person_id: int
    name: str
    sent_at: datetime | None
    works: int
    works_not: int
    is_paused: bool
    incidents: tuple[int, ...]


def standings_of(session: Session, wave_id: int) -> list[WorksStanding]:
    """Return who of a wave was asked or said something, those first for whom it does not work."""
    mine = (
        select(WorksAsk)
        .join(
            Switch,
            Switch.id == WorksAsk.switch_id,
        )
        .where(Switch.wave_id == wave_id)
        .options(joinedload(WorksAsk.switch).joinedload(Switch.person))
    )
    asks = session.scalars(mine).all()
    answers: dict[int, list[WorksAnswer]] = {ask.id: [] for ask in asks}
    for answer in session.scalars(
        select(WorksAnswer).where(WorksAnswer.ask_id.in_(answers))
    ):
        answers[answer.ask_id].append(answer)
    found = [
        _standing(
            ask,
            answers[ask.id],
        )
        for ask in asks
    ]
    return sorted(
        found,
        key=lambda one: (not one.is_paused, one.name),
    )


def _standing(ask: WorksAsk, answers: list[WorksAnswer]) -> WorksStanding:
    numbers = {one.incident_id for one in answers if one.incident_id and not one.works}
    return WorksStanding(
        ask_id=ask.id,
        person_id=ask.switch.person_id,
        name=ask.switch.person.name,
        sent_at=ask.sent_at,
        works=sum(one.works for one in answers),
        works_not=sum(not one.works for one in answers),
        is_paused=ask.is_paused,
        incidents=tuple(sorted(numbers)),
    )


@dataclass(frozen=True, slots=True)
class AskedToSay:
    """Somebody of a wave who waits to be seen working, and how a message reaches them."""

    switch_id: int
    recipient: Recipient


def to_be_asked(session: Session, wave_id: int) -> list[AskedToSay]:
    """Return the people of a wave who wait to be seen working, by name."""
    rows = (
        select(
            Switch,
            Person,
        )
        .join(
            Person,
            Person.id == Switch.person_id,
        )
        .where(
            Switch.wave_id == wave_id,
            Switch.state == SwitchState.SOAKING,
            Person.gone_at.is_(None),
        )
        .order_by(
            func.lower(Person.name),
            Switch.id,
        )
    )
    return [
        AskedToSay(
            switch.id,
            _recipient(
                switch,
                person,
            ),
        )
        for switch, person in session.execute(rows)
    ]


def _recipient(switch: Switch, person: Person) -> Recipient:
    key = f"{SWITCH}:{switch.id}"
    reached = person.mail, person.phone, person.mobile
    return Recipient(
        key,
        person.name,
        person.id,
        *reached,
    )


def given_back_of(session: Session, wave_id: int, person_id: int) -> list[str]:
    """Return the names of rights that the move of a person took off and nobody gave back."""
    back = aliased(Step)
    steps = (
        select(Step.change)
        .join(
            Switch,
            Switch.id == Step.switch_id,
        )
        .outerjoin(
            back,
            back.reverses_id == Step.id,
        )
        .where(
            Switch.wave_id == wave_id,
            Switch.person_id == person_id,
            Step.phase == Phase.DIRECT_OFF,
            Step.reverses_id.is_(None),
            Step.state == StepState.DONE,
            back.id.is_(None),
        )
    )
    keys = {str(change.get("key")) for change in session.scalars(steps)}
    named = select(Entitlement.cn).where(Entitlement.key.in_(keys))
    return sorted(
        session.scalars(named),
        key=str.casefold,
    )


@dataclass(frozen=True, slots=True)
class GivenStep:
    """The step that gave a right back at once, last of all steps of that right and person."""

    step: Step
    right: str


def given_back_steps(session: Session, switch_id: int) -> list[GivenStep]:
    """Return the steps that gave rights back to one person and were not taken back since."""
    mine = Step.switch_id == switch_id, Step.phase == Phase.DIRECT_OFF
    steps = session.scalars(select(Step).where(*mine).order_by(Step.id)).all()
    newest = {str(step.change.get("key")): step for step in steps}
    back = {key: step for key, step in newest.items() if step.reverses_id is not None}
    named = select(Entitlement.key, Entitlement.cn).where(Entitlement.key.in_(back))
    names = dict(session.execute(named.order_by(Entitlement.cn)).all())
    return [GivenStep(back[key], right) for key, right in names.items()]


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A right that somebody has again as a member, given back at once."""

    person_id: int
    name: str
    right: str


def given_back_in(session: Session, wave_id: int) -> list[GivenBack]:
    """Return the rights that were given back at once to people of a wave, and stand."""
    given = exists().where(
        Step.switch_id == Switch.id,
        Step.phase == Phase.DIRECT_OFF,
        Step.reverses_id.is_not(None),
    )
    people = (
        select(Switch.id, Person.id, Person.name)
        .join(Person, Person.id == Switch.person_id)
        .where(Switch.wave_id == wave_id, Switch.state.in_(RESTING), given)
        .order_by(func.lower(Person.name), Switch.id)
    )
    return [
        GivenBack(person, name, one.right)
        for switch, person, name in session.execute(people).all()
        for one in given_back_steps(session, switch)
        if one.step.state is StepState.DONE
    ]
