"""Who answers for restoration: the owner once basic troubleshooting failed, his work orders, and
management.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.changes import one_locked
from app.core.errors import Invalid, Refused
from app.incidents.actions.happening import happened, hold_of, locked
from app.incidents.actions.working import open_one, team_in_use
from app.incidents.rules.hands import responsible_service
from app.models.catalog.service import Dependency, Service
from app.models.incidents.incident import Escalation, Incident, IncidentEvent, WorkOrder
from app.models.incidents.words import EventKind, OrderState

NO_OWNER, REFUSED_ORDER = "no owner", "work order refused"
ANSWERS = {
    OrderState.OPEN: (OrderState.ACCEPTED, OrderState.DONE, OrderState.REFUSED),
    OrderState.ACCEPTED: (OrderState.DONE, OrderState.REFUSED),
}


def basics_failed(session: Session, incident_id: int, *, by: str, now: datetime) -> Incident:
    """Basic troubleshooting has failed: the owner of the service is finally responsible until it is
    restored.

    Without an owner nobody is; that goes to management, and the page says so until one is named.
    """
    incident = open_one(session, incident_id)
    if hold_of(session, incident).fixed:
        raise Refused(f"{incident.owner} is finally responsible already.")
    if not _tried(session, incident_id):
        raise Refused("Write down first what was tried.")
    service = responsible_for(session, incident)
    if service is None or not service.owner:
        what = (
            f"{service.name} has no owner" if service else "No service is named, so it has no owner"
        )
        why = f"Basic troubleshooting failed and nobody is finally responsible: {what}."
        tell_management(session, incident, NO_OWNER, why, by=by, now=now)
        return incident
    values = {"owner": service.owner, "owner_fixed_at": now}
    sentence = f"{service.owner} is finally responsible until {incident.title} is restored"
    data = {"owner": service.owner, "service": service.id}
    happened(
        session, incident, EventKind.OWNER_FIXED, sentence, by=by, now=now, values=values, data=data
    )
    return incident


def take_over(session: Session, incident_id: int, *, by: str, now: datetime) -> Incident:
    """The present owner of the service takes the responsibility upon himself from the one who had
    the service.
    """
    incident = open_one(session, incident_id)
    service = responsible_for(session, incident)
    if (
        not hold_of(session, incident).fixed
        or service is None
        or service.owner != by
        or incident.owner == by
    ):
        raise Refused("Only the present owner of the service can take this upon himself.")
    sentence = f"{by} took the responsibility for {incident.title} from {incident.owner}"
    data = {"owner": by, "was": incident.owner, "service": service.id}
    happened(
        session,
        incident,
        EventKind.OWNER_FIXED,
        sentence,
        by=by,
        now=now,
        values={"owner": by},
        data=data,
    )
    return incident


def responsible_for(session: Session, incident: Incident) -> Service | None:
    """Return the service whose owner answers: of a composite it was reported for, also when a part
    fails.
    """
    if incident.service_id is None:
        return None
    changed = session.scalars(
        select(IncidentEvent.data)
        .where(IncidentEvent.incident_id == incident.id, IncidentEvent.kind == EventKind.CHANGED)
        .order_by(IncidentEvent.id)
    )
    path = [data["service"][0] for data in changed if data.get("service") and data["service"][0]]
    parts: dict[int, list[int]] = {}
    for whole, part in session.execute(select(Dependency.service_id, Dependency.part_id)):
        parts.setdefault(whole, []).append(part)
    return session.get(Service, responsible_service(path, incident.service_id, parts))


def order(
    session: Session,
    incident_id: int,
    team_id: int | None,
    what: str,
    due_at: datetime,
    *,
    began_at: int | None = None,
    by: str,
    now: datetime,
) -> WorkOrder:
    """The owner orders work from a team, with a time. Who is responsible may also order."""
    incident = open_one(session, incident_id, began_at=began_at)
    decides = hold_of(session, incident).decides
    if not by or by != decides:
        whose = f"that is {decides}" if decides else "nobody owns it yet"
        raise Refused(f"Only the owner of the service orders work; {whose}.")
    team = team_in_use(session, team_id)
    if not what.strip():
        raise Invalid("Say what is to be done.", field="what")
    if due_at <= now:
        raise Invalid("Say until when; that moment has passed.", field="due_at")
    made = WorkOrder(
        incident_id=incident_id,
        team_id=team.id,
        what=what.strip(),
        due_at=due_at,
        created_at=now,
        created_by=by,
    )
    session.add(made)
    session.flush()
    data = {"order": made.id, "team": team.name, "due": due_at.isoformat()}
    happened(
        session,
        incident,
        EventKind.ORDERED,
        f"Ordered from {team.name}: {made.what[:120]}",
        by=by,
        now=now,
        text=what,
        data=data,
    )
    return made


def answer_order(
    session: Session, order_id: int, answer: OrderState, text: str = "", *, by: str, now: datetime
) -> WorkOrder:
    """A team accepts an order, has done it, or refuses it; a refusal takes a reason and goes to
    management.
    """
    made = one_locked(session, WorkOrder, order_id)
    incident = locked(session, made.incident_id)
    if answer not in ANSWERS.get(made.state, ()):
        raise Refused(f"This work order is {made.state.value}.")
    if answer is OrderState.REFUSED and not text.strip():
        raise Invalid("Give the reason; it goes to management.", field="answer")
    refused = answer is OrderState.REFUSED
    made.state, made.answered_at, made.answered_by = answer, now, by
    made.answer, made.escalated_at = text.strip() or made.answer, now if refused else None
    data = {"order": made.id, "answer": answer.value, "what": made.what[:200]}
    sentence = f"Work order {answer.value}: {made.what[:120]}"
    happened(
        session, incident, EventKind.ORDER_ANSWERED, sentence, by=by, now=now, text=text, data=data
    )
    if refused:
        why = f"{by} refused the work order “{made.what}” of {made.created_by}: {made.answer}"
        tell_management(session, incident, REFUSED_ORDER, why, by=by, now=now)
    return made


def tell_management(
    session: Session,
    incident: Incident,
    rule: str,
    why: str,
    *,
    level: int = 1,
    by: str,
    now: datetime,
) -> Escalation:
    """Tell management: once per rule and reason while nobody has taken note."""
    open_ones = select(Escalation).where(
        Escalation.incident_id == incident.id,
        Escalation.rule == rule,
        Escalation.why == why,
        Escalation.seen_at.is_(None),
    )
    known = session.scalars(open_ones).first()
    if known is not None:
        return known
    made = Escalation(incident_id=incident.id, level=level, rule=rule, why=why, at=now)
    session.add(made)
    session.flush()
    sentence = f"Management is told about {incident.title}"
    data = {"rule": rule, "level": level}
    happened(
        session,
        incident,
        EventKind.ESCALATED,
        sentence,
        by=by,
        now=now,
        text=why,
        data=data,
        touches=False,
    )
    return made


def _tried(session: Session, incident_id: int) -> bool:
    tried = select(IncidentEvent.id).where(
        IncidentEvent.incident_id == incident_id, IncidentEvent.kind == EventKind.STEP
    )
    return session.scalar(tried.limit(1)) is not None
