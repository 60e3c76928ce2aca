"""What the stories of the demo say in one word and takes several actions, or a look around."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.scripts.actions import new_draft
from app.catalog.scripts.queries import published_script
from app.catalog.scripts.rules import paths_to
from app.core.acting import Acting
from app.core.changes import Change, one
from app.improvements.files.actions import attach_file
from app.improvements.metrics import measuring
from app.improvements.metrics.actions import MetricDraft, add_metric
from app.improvements.metrics.leaving import leave_out
from app.improvements.people import actions as people_actions
from app.improvements.register.actions import move, set_next_step
from app.improvements.rungs.actions import change_iteration, rehearse_undo
from app.improvements.rungs.starting import start
from app.incidents.clocks.actions import take_note
from app.incidents.files.actions import incoming
from app.incidents.intake.actions import Report, report
from app.incidents.queries import usual_sites
from app.messages.actions.delivering import go_on
from app.messages.actions.settling import told_in_person
from app.models.auth import Operator
from app.models.catalog.script import Script
from app.models.catalog.service import Dependency, Fact, Service, ServiceRight
from app.models.catalog.words import ServiceKind, ServiceState
from app.models.directory import Entitlement
from app.models.improvements.iteration import Iteration, Participation
from app.models.improvements.metric import Metric
from app.models.improvements.talk import ImprovementFile
from app.models.improvements.words import (
    Direction,
    ImprovementState,
    Level,
    MetricRole,
    ParticipationState,
    Tally,
)
from app.models.incidents.incident import Escalation, Incident
from app.models.incidents.words import FileKind
from app.models.messages import Delivery, DeliveryState
from app.models.people import Person, Site
from app.people.actions import members_of, set_members

CALLING = ("Sales", "Logistics", "Production")
"""Departments whose people call about the mass incident; always the same, whatever the time."""


def service(
    act: Acting,
    values: Mapping[str, Any],
    parts: Sequence[int] = (),
    rights: Sequence[str] = (),
    facts: Sequence[str] = (),
) -> Service:
    """Make a service as if it had been published then, if somebody owns it."""
    owned = bool(values["owner"])
    change = Change(about=Service)
    made = Service(**{**values, "kind": ServiceKind(values["kind"])})
    made.state = ServiceState.PUBLISHED if owned else ServiceState.DRAFT
    made.created_at, made.created_by, made.published_at = (
        act.now,
        act.by,
        act.now if owned else None,
    )
    change.add(act.session, made)
    for position, name in enumerate(facts):
        told = Fact(service_id=made.id, name=name, position=position)
        told.created_at, told.created_by = act.now, act.by
        act.session.add(told)
    change.record(act, made, "service.add", f"Added the service {made.name}")
    act.session.add_all(
        Dependency(service_id=made.id, part_id=part_id) for part_id in parts
    )
    known = dict(act.session.execute(select(Entitlement.cn, Entitlement.id)).all())
    act.session.add_all(
        ServiceRight(service_id=made.id, entitlement_id=known[name])
        for name in rights
        if name in known
    )
    act.session.flush()
    return made


def script(
    act: Acting,
    service_id: int,
    questions: Sequence[Mapping[str, Any]],
    note: str = "",
) -> Script:
    """Write a script; an answer leads to an impact or, by its key, to a question."""
    asked = [
        {**one, "help": one.get("help", ""), "answers": _answers(one["answers"])}
        for one in questions
    ]
    content = {"start": asked[0]["key"], "questions": asked}
    return new_draft(act, service_id, content=content, note=note)


def _answers(told: Mapping[str, int | str]) -> list[dict[str, Any]]:
    return [
        {"text": text, "impact" if isinstance(to, int) else "next": to}
        for text, to in told.items()
    ]


@dataclass(frozen=True, slots=True)
class CallToDesk:
    """Who calls about which service; ``turn`` chooses among the answers of its script that lead to
    the impact.
    """

    uid: str
    service: str
    impact: int
    title: str
    effect: str = ""
    words: str = ""
    team_id: int | None = None
    turn: int | None = None


def reported(act: Acting, call: CallToDesk) -> Incident:
    """Let somebody call the service desk."""
    person = act.session.scalars(select(Person).where(Person.uid == call.uid)).first()
    service_id = act.session.scalar(
        select(Service.id).where(Service.name == call.service)
    )
    told = Report(
        call.title,
        description=call.words,
        effect=call.effect,
        person_id=person.id if person else None,
        requester=person.name if person else call.uid,
        site_id=_site_of(act.session, person),
        service_id=service_id,
        impact=call.impact,
        team_id=call.team_id,
        **_answered(act.session, service_id, call),
    )
    return report(act, told)


def _site_of(session: Session, person: Person | None) -> int | None:
    return (
        session.scalar(select(Site.id).where(Site.name == person.site))
        if person
        else None
    )


def _answered(
    session: Session, service_id: int | None, call: CallToDesk
) -> dict[str, Any]:
    if service_id is None or call.turn is None:
        return {}
    published = published_script(session, service_id)
    paths = paths_to(published.content, call.impact) if published else []
    if published is None or not paths:
        return {}
    return {"script_id": published.id, "answers": paths[call.turn % len(paths)]}


def joined(act: Acting, team_id: int, name: str) -> None:
    """Let an operator work in a team nobody is in."""
    member = act.session.scalars(select(Operator).where(Operator.name == name)).first()
    if member is not None and not members_of(act.session).get(team_id):
        set_members(act, team_id, [member.id])


def noted(act: Acting, answer: str) -> None:
    """Let management answer for all that it was told so far."""
    told = select(Escalation.id).where(Escalation.seen_at.is_(None))
    for number in act.session.scalars(told.order_by(Escalation.id)).all():
        take_note(act, number, answer)


def affected(act: Acting, incident_id: int) -> list[int]:
    """Return the sites of an incident and the two weightiest."""
    weighed = act.session.scalars(
        select(Site.id)
        .where(Site.retired_at.is_(None))
        .order_by(Site.weight.desc())
        .limit(2)
    )
    return sorted({*usual_sites(one(act.session, Incident, incident_id)), *weighed})


def called(act: Acting, about: int, title: str) -> Incident:
    """Let one more person call about a service that is down: the same one for the same words."""
    there = select(Person).where(
        Person.gone_at.is_(None),
        ~Person.service,
        ~Person.disabled,
        Person.department.in_(CALLING),
    )
    callers = (
        act.session.scalars(there.order_by(Person.uid)).all()
        or act.session.scalars(select(Person).order_by(Person.uid)).all()
    )
    caller = callers[sum(title.encode()) % len(callers)]
    told = Report(
        title,
        person_id=caller.id,
        site_id=_site_of(act.session, caller),
        service_id=one(act.session, Incident, about).service_id,
        impact=3,
    )
    return report(act, told)


def taken_but(
    act: Acting,
    message_id: int,
    channel_id: int,
    last: int,
    problem: str,
) -> None:
    """Play the mail server: all but the last few were taken; one of those was called since."""
    sent = select(Delivery).where(
        Delivery.message_id == message_id, Delivery.channel_id == channel_id
    )
    deliveries = list(act.session.scalars(sent.order_by(Delivery.id)))
    for each in deliveries:
        each.state, each.attempts, each.started_at, each.done_at = (
            DeliveryState.SENT,
            1,
            act.now,
            act.now,
        )
    following = []
    for each in deliveries[-last:]:
        each.state, each.problem = DeliveryState.FAILED, problem
        following.append(go_on(act.session, each, now=act.now))
    act.session.flush()
    if following and following[0] is not None:
        told_in_person(act.at(act.now + timedelta(minutes=6)), following[0].id)


def next_step(
    act: Acting,
    improvement_id: int,
    what: str,
    who: str,
    days: int,
) -> None:
    """Set the next step, so many days ahead; where nobody owns the improvement, whoever tells it
    does it.
    """
    due = act.now.date() + timedelta(days)
    set_next_step(act, improvement_id, what, who or act.by, due)


def begun(act: Acting, improvement_id: int, what: str, who: str) -> Iteration | None:
    """Bring an improvement into progress and return its first rung."""
    next_step(act, improvement_id, what, who, 7)
    move(act, improvement_id, ImprovementState.ACCEPTED)
    why = "Shown in the demo."
    move(act, improvement_id, ImprovementState.IN_PROGRESS, reason=why)
    rungs = select(Iteration).where(Iteration.improvement_id == improvement_id)
    return act.session.scalars(rungs.order_by(Iteration.id)).first()


def measured(
    act: Acting,
    improvement_id: int,
    values: Sequence[float | str],
    days: int = 1,
    role: MetricRole = MetricRole.PRIMARY,
) -> Metric:
    """Write down values of an improvement's metric, one every few days, the last of them
    yesterday.
    """
    chosen = select(Metric).where(
        Metric.improvement_id == improvement_id, Metric.role == role
    )
    metric = act.session.scalars(chosen.order_by(Metric.id).limit(1)).one()
    last = act.now.date() - timedelta(days=1)
    told = (
        f"{last - timedelta(days * (len(values) - 1 - n))} {value}"
        for n, value in enumerate(values)
    )
    measuring.measure_pasted(act, metric.id, "\n".join(told))
    return metric


def counted(
    act: Acting,
    improvement_id: int,
    name: str,
    tally: str,
    values: Sequence[str],
    left_out: Mapping[str, str] | None = None,
) -> Metric:
    """Add a metric that is counted by the week, less of it better, with its values up to now; those
    that are left out have a reason.
    """
    draft = MetricDraft(name, Direction.DOWN, MetricRole.OTHER, tally=Tally(tally))
    metric = add_metric(act, improvement_id, draft)
    last = act.now.date() - timedelta(weeks=1)
    told = (
        f"{last - timedelta(weeks=len(values) - 1 - n)} {value}"
        for n, value in enumerate(values)
    )
    measuring.measure_pasted(act, metric.id, "\n".join(told))
    for value, why in (left_out or {}).items():
        weeks = len(values) - 1 - values.index(value)
        leave_out(act, metric.id, last - timedelta(weeks=weeks), why)
    return metric


def attached(act: Acting, improvement_id: int, name: str, text: str) -> ImprovementFile:
    """Attach a file with a text to an improvement."""
    content = BytesIO(text.encode())
    with incoming(act.settings.files, content, FileKind.FILE) as found:
        return attach_file(act, improvement_id, found, name)


def rung(
    act: Acting,
    iteration_id: int,
    names: Sequence[str],
    what: str,
    expected: float,
    days: int,
) -> Sequence[Participation]:
    """Plan, staff and start an iteration, rehearse its undo, and switch everybody."""
    plan = {
        "what_changes": what,
        "starts_on": act.now.date(),
        "ends_on": act.now.date() + timedelta(days=days),
        "minimum_points": 8,
        "budget_hours": 6,
        "risk_level": Level.LOW,
        "cost_level": Level.LOW,
        "expected": expected,
        "confidence": 70,
    }
    how = "Asked in person, beside a colleague"
    change_iteration(act, iteration_id, plan)
    people_actions.invite(act, iteration_id, names, technique=how)
    start(act, iteration_id)
    rehearse_undo(act, iteration_id, 90)
    states = (
        ParticipationState.PREPARED,
        ParticipationState.SWITCHED,
        ParticipationState.OBSERVING,
    )
    found = _people_of(act.session, iteration_id)
    for one_of_them in found:
        for state in states:
            people_actions.move(act, one_of_them.id, state)
    return found


def accepted(act: Acting, iteration_id: int, said: Mapping[str, Any]) -> None:
    """Let everybody of an iteration accept the change, with what was said."""
    done = ParticipationState.ACCEPTED
    for person in _people_of(act.session, iteration_id):
        people_actions.move(act, person.id, done, confirmed_by="the person")
        told = {"would_go_back": False, **said}
        people_actions.describe(act, person.id, told)
        people_actions.read_feedback(act, person.id)


def _people_of(session: Session, iteration_id: int) -> Sequence[Participation]:
    chosen = select(Participation).where(Participation.iteration_id == iteration_id)
    return session.scalars(chosen.order_by(Participation.id)).all()
