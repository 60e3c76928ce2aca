"""What of roles and waves waits for a person: to approve, apply, confirm, decide; exceptions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _
from flask_babel import lazy_ngettext
from sqlalchemy import Select, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session, defer, undefer

from app.access.drift import waiting as _drift_waiting  # noqa: F401 (its lines)
from app.access.duties import waiting as _duty_waiting  # noqa: F401 (its lines)
from app.access.exceptions.rules import SOON
from app.access.gate import waiting as _gate_waiting  # noqa: F401 (its lines)
from app.access.reviews import waiting as _review_waiting  # noqa: F401 (its words)
from app.access.soak import waiting as _soak_waiting  # noqa: F401 (its lines)
from app.access.soak.queries import BY_SOMEBODY
from app.access.trial import waiting as _trial_waiting  # noqa: F401 (its lines)
from app.access.turnover import waiting as _turnover_waiting  # noqa: F401 (its lines)
from app.access.waves.named import asks
from app.access.waves.rules import Approval, objection
from app.access.waves.told import told_of
from app.auth.queries import operators_with
from app.core.asked import AskedState
from app.core.errors import Conflict
from app.core.said import day_said
from app.core.waiting import (
    ME,
    MOST,
    TODAY,
    Wait,
    Waiter,
    WaitingFound,
    WaitingLine,
    asked_for,
    declare,
    declare_moments,
    tells,
)
from app.models.access.asked import AskedPlan
from app.models.access.kept import AccessException
from app.models.access.role import Role
from app.models.access.wave import Switch, Wave
from app.models.access.words import (
    DutyMoment,
    StepState,
    SwitchState,
    WaveState,
)
from app.models.access.works import SeenDay
from app.models.auth import Operator
from app.models.directory import Entitlement
from app.models.people import Person

FEW = 5
"""A plan for so many people can be approved from its line; a larger one is looked at first."""

declare(
    WaveState,
    {
        WaveState.PLANNED: Wait.APPROVE,
        WaveState.APPROVED: Wait.APPLY,
        WaveState.ARMED: "the worker begins it within its window",
        WaveState.CANARY: Wait.CONFIRM,
        WaveState.APPLYING: "the worker is at it",
        WaveState.SOAKING: Wait.CONFIRM,
        WaveState.CONFIRMED: Wait.DECIDE,
        WaveState.PAUSED: Wait.GO_ON,
        WaveState.STOPPED: Wait.GO_ON,
        WaveState.UNDOING: "the worker is at it",
        WaveState.UNDONE: "it is over",
        WaveState.WITHDRAWN: "it is over",
    },
)
declare(
    AskedState,
    {
        AskedState.WAITING: "the worker is about to take it up",
        AskedState.WORKING: "the worker is at it",
        AskedState.MADE: Wait.READY,
        AskedState.REFUSED: Wait.READY,
        AskedState.CANCELLED: "it is over",
    },
)
declare(
    SwitchState,
    {
        SwitchState.PLANNED: "its wave waits",
        SwitchState.APPROVED: "its wave waits",
        SwitchState.ROLE_ON: "its wave is being applied, or stopped and waits",
        SwitchState.OVERLAP: "its wave is being applied, or stopped and waits",
        SwitchState.DIRECT_OFF: "its wave is being applied, or stopped and waits",
        SwitchState.SOAKING: Wait.CONFIRM,
        SwitchState.CONFIRMED: "it is over",
        SwitchState.CLOSED: "it is over",
        SwitchState.STALE: "the person was left out; a new plan takes up who still fits",
        SwitchState.BLOCKED: "its wave is stopped and waits",
        SwitchState.PAUSED: "it is only shown; the column never holds it",
        SwitchState.UNDOING: "the worker is at it",
        SwitchState.UNDONE: "it is over",
        SwitchState.CONFLICT: Wait.CONFLICT,
        SwitchState.FAILED: "nothing is left to be done; the wave tells why",
    },
)
declare(StepState, dict.fromkeys(StepState, "its wave tells it, and waits itself"))
declare_moments(
    {
        "access_exception.until": Wait.EXCEPTION,
        "access_exception.ended_at": "it is over then",
        "access_exception.tried_at": "its end is tried again an hour later",
        "asked_plan.asked_at": "the worker is asked, who waits for nobody",
        "role_undo.asked_at": "the worker is at it, wave after wave",
        "role_undo.ended_at": "it is over then; conflicts wait in their waves",
        "turnover_done.done_at": Wait.TURNOVER,
        "straggler.look_at": "the worker looks again, and puts back what came late",
    }
)


TO_GO_ON = (WaveState.APPROVED, WaveState.PAUSED, WaveState.STOPPED)
"""Waves that whoever may apply has to go on with."""


@tells(Wait.READY)
def plans_waiting(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find plans that the worker made, or could not make, for whoever asked."""
    if not who.may("plan"):
        return
    rows = session.execute(_plans_asked(), asked_for(who)).all()
    lines = tuple(_plan_line(*row) for row in rows)
    yield WaitingFound(lines, len(lines))


@cache
def _plans_asked() -> Select[*tuple[Any, ...]]:
    columns = AskedPlan.id, AskedPlan.state, AskedPlan.ended_at, AskedPlan.reason
    over = AskedPlan.state.in_((AskedState.MADE, AskedState.REFUSED))
    return (
        select(*columns, Role.name)
        .join(Role, Role.id == AskedPlan.role_id)
        .where(over, AskedPlan.told_at.is_(None), AskedPlan.asked_by == ME)
        .order_by(AskedPlan.id)
        .limit(MOST)
    )


def _plan_line(*row: Any) -> WaitingLine:
    number, state, ended_at, reason, role = row
    why = reason or _("it is made, and nothing was changed yet")
    if state is AskedState.REFUSED:
        why = _("it could not be made: %(reason)s", reason=reason)
    return WaitingLine(
        Wait.READY,
        _("Your plan of %(role)s", role=role),
        ended_at,
        f"/waves/asked/{number}",
        f"plan:{number}:{ended_at:%Y%m%d%H%M%S}",  # numbers come again
        why=why,
    )


@tells(Wait.APPROVE, Wait.APPLY, Wait.GO_ON)
def waves_waiting(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find waves that somebody may approve, apply, or has to decide about."""
    states = [
        *([WaveState.PLANNED] if who.may("approve") else ()),
        *(TO_GO_ON if who.may("apply") else ()),
    ]
    if not states:
        return
    rows = session.execute(_waves_asked(tuple(states))).all()
    people = _people_of(session, [wave.id for wave, _role in rows])
    mine = _mine_to_approve(session, who, [wave for wave, _role in rows], people)
    clean = _changing_nothing(session, [one for one in mine if len(people[one]) <= FEW])
    lines = tuple(
        _wave_line(wave, role, len(people[wave.id]), clean=wave.id in clean)
        for wave, role in rows
        if wave.state is not WaveState.PLANNED or wave.id in mine
    )
    yield WaitingFound(lines, len(lines))


@cache
def _waves_asked(states: tuple[WaveState, ...]) -> Select[*tuple[Any, ...]]:
    told_by_its_duties = asks(DutyMoment.START) & (Wave.state == WaveState.APPROVED)
    return (
        select(Wave, Role.name)
        .options(defer(Wave.plan, raiseload=True))
        .join(Role, Role.id == Wave.role_id)
        .where(Wave.state.in_(states), ~told_by_its_duties)
        .order_by(Wave.created_at, Wave.id)
        .limit(3 * MOST)
    )


def _changing_nothing(session: Session, waves: Sequence[int]) -> set[int]:
    """Return which of these waves lose nothing, gain nothing and touch nothing privileged."""
    if not waves:
        return set()
    found = session.scalars(
        select(Wave).where(Wave.id.in_(waves)).options(undefer(Wave.plan))
    )
    return {wave.id for wave in found if _is_clean(wave)}


def _is_clean(wave: Wave) -> bool:
    try:
        told = told_of(wave)
    except Conflict:  # a damaged plan: its own page says so
        return False
    return told.is_clean and not told.privileged and not told.left_out


def _people_of(session: Session, waves: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    if not waves:
        return found
    asked = select(Switch.wave_id, Person.uid).join(
        Person, Person.id == Switch.person_id
    )
    for wave_id, uid in session.execute(asked.where(Switch.wave_id.in_(waves))):
        found[wave_id].append(uid)
    return found


def _mine_to_approve(
    session: Session, who: Waiter, waves: Sequence[Wave], people: dict[int, list[str]]
) -> set[int]:
    """Return the planned waves this operator may approve; his own plan is not among them while
    there is somebody else.
    """
    planned = [wave for wave in waves if wave.state is WaveState.PLANNED]
    if not planned:
        return set()
    approvers = operators_with(session, "approve")
    me = next((one for one in approvers if one.name == who.name), None)
    return {
        wave.id
        for wave in planned
        if me and not objection(_asked(wave, me, approvers, people[wave.id], who))
    }


def _asked(
    wave: Wave,
    me: Operator,
    approvers: Sequence[Operator],
    people: Sequence[str],
    who: Waiter,
) -> Approval:
    # Who did not say which account is his own may not approve yet, but is waited for all the same.
    return Approval(
        approver=me.name,
        approver_uid=me.person_uid or "-",
        author=wave.author,
        people=people,
        approvers=[one.name for one in approvers],
        planned_at=wave.created_at,
        now=who.now,
        cooling=timedelta(hours=who.settings.cooling_hours),
        zone=who.settings.timezone,
        approver_since=me.approver_since,
        first=wave.first_approved_by,
        first_at=wave.first_approved_at,
    )


def _wave_line(wave: Wave, role: str, people: int, *, clean: bool) -> WaitingLine:
    what = _("Wave %(number)s of %(role)s", number=wave.number, role=role)
    count = lazy_ngettext("%(num)s person", "%(num)s people", people)
    page, who = f"/waves/{wave.id}", {"people": count, "name": wave.author}
    if wave.state is WaveState.PLANNED:
        why = (
            _("%(people)s, nothing is lost or gained, planned by %(name)s", **who)
            if clean
            else _("%(people)s, planned by %(name)s", **who)
        )
        since = wave.first_approved_at or wave.created_at
        return WaitingLine(
            Wait.APPROVE,
            what,
            since,
            page,
            f"approve:{wave.id}:{wave.first_approved_by}",
            why=why,
            by=wave.first_approved_by or wave.author,
            deed=f"{page}/approve" if clean else "",
        )
    if wave.state is WaveState.APPROVED:
        why = _("%(people)s, approved by %(name)s", people=count, name=wave.approved_by)
        since = wave.approved_at or wave.created_at
        return WaitingLine(
            Wait.APPLY,
            what,
            since,
            page,
            f"apply:{wave.id}",
            why=why,
            by=wave.approved_by,
        )
    why = wave.message or _("it stopped, and somebody has to say how it goes on")
    since = wave.started_at or wave.created_at
    return WaitingLine(
        Wait.GO_ON, what, since, page, f"go on:{wave.id}:{since:%Y%m%d%H%M}", why=why
    )


@tells(Wait.CONFIRM, Wait.CONFLICT)
def people_waiting(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find people who were switched and have to be seen working, and those whose undo meets what
    others changed; one line a wave.
    """
    if not who.may("apply"):
        return
    rows = session.execute(_people_asked(), asked_for(who)).all()
    yield WaitingFound(tuple(_people_line(*row) for row in rows), len(rows))


@cache
def _people_asked() -> Select[*tuple[Any, ...]]:
    since = func.min(func.coalesce(Switch.switched_at, Switch.started_at))
    return (
        select(
            Wave.id,
            Wave.number,
            Role.name,
            Switch.state,
            func.count(),
            func.min(Switch.person_id),
            func.min(Person.name),
            func.coalesce(since, Wave.created_at),
        )
        .join(Wave, Wave.id == Switch.wave_id)
        .join(Role, Role.id == Wave.role_id)
        .join(Person, Person.id == Switch.person_id)
        .where(_to_be_looked_at())
        .group_by(Wave.id, Wave.number, Role.name, Switch.state, Wave.created_at)
        .order_by(Wave.id)
    )


SEEN_IN = (WaveState.CANARY, WaveState.SOAKING, WaveState.PAUSED, WaveState.STOPPED)


def _to_be_looked_at() -> Any:
    mine = SeenDay.switch_id == Switch.id, SeenDay.day == TODAY
    today = exists().where(*mine, SeenDay.how.in_(BY_SOMEBODY))
    seen = (Switch.state == SwitchState.SOAKING) & ~today
    return or_(
        seen & Switch.paused_at.is_(None) & Wave.state.in_(SEEN_IN),
        (Switch.state == SwitchState.CONFLICT)
        & Wave.state.not_in((WaveState.UNDOING, WaveState.APPLYING)),
    )


def _people_line(*row: Any) -> WaitingLine:
    wave, number, role, state, count, person, name, since = row
    who = (
        name if count == 1 else lazy_ngettext("%(num)s person", "%(num)s people", count)
    )
    what = _("%(who)s in %(role)s", who=who, role=role)
    if state is SwitchState.CONFLICT:
        why = _("wave %(number)s could not be taken back as it was", number=number)
        page = f"/waves/{wave}/undo"
        return WaitingLine(
            Wait.CONFLICT, what, since, page, f"conflict:{wave}:{count}", why=why
        )
    return WaitingLine(
        Wait.CONFIRM,
        what,
        since,
        f"/waves/{wave}",
        f"confirm:{wave}",
        why=_("switched by wave %(number)s and to be seen working", number=number),
        deed=f"/waves/{wave}/confirm" if count == 1 else "",
        fields={"person": person},
    )


@tells(Wait.EXCEPTION)
def exceptions_ending(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find rights kept outside a role that end soon: for who answers for them and who plans."""
    asked = {**asked_for(who), "soon": who.now.date() + SOON}
    rows = session.execute(_ending_asked(who.may("plan")), asked).all()
    lines = tuple(
        _exception_line(kept, person, right, who) for kept, person, right, _all in rows
    )
    yield WaitingFound(lines, rows[0][3] if rows else 0)


@cache
def _ending_asked(of_all: bool) -> Select[*tuple[Any, ...]]:
    ending = (
        AccessException.ended_at.is_(None),
        AccessException.until <= bindparam("soon"),
        *(() if of_all else (AccessException.owner == ME,)),
    )
    return (
        select(AccessException, Person, Entitlement.cn, func.count().over())
        .join(Person, Person.id == AccessException.person_id)
        .join(Entitlement, Entitlement.id == AccessException.entitlement_id)
        .where(*ending)
        .order_by(AccessException.until, AccessException.id)
        .limit(MOST)
    )


def _exception_line(
    kept: AccessException, person: Person, right: str, who: Waiter
) -> WaitingLine:
    begins = datetime.combine(kept.until - SOON, time(), UTC)
    said = {"owner": kept.owner, "day": day_said(kept.until), "why": kept.held_up}
    why = _("an exception of %(owner)s until %(day)s", **said)
    if kept.held_up:
        why = _("its end on %(day)s could not be carried out: %(why)s", **said)
    page = f"/exceptions/{kept.id}"
    return WaitingLine(
        Wait.EXCEPTION,
        _("%(right)s, kept by %(name)s", right=right, name=person.name),
        begins,
        page,
        f"exception:{kept.id}:{kept.until}{':held up' if kept.held_up else ''}",
        why=why,
        deed=f"{page}/extend" if who.may("plan") else "",
    )
