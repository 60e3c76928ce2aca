"""Who answers for restoration: the owner once basic troubleshooting failed, his work orders, and
management.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import one_locked
from app.core.errors import Invalid, Refused
from app.core.said import said
from app.incidents.events import happened, hold_of, locked, open_one, team_in_use
from app.incidents.hands.rules import responsible_service
from app.models.catalog.service import Dependency, Service
from app.models.incidents.incident import Escalation, Incident, IncidentEvent, WorkOrder
from app.models.incidents.words import EventKind, OrderState

NO_OWNER, REFUSED_ORDER = "no owner", "work order refused"
ANSWERS = {
    OrderState.OPEN: (OrderState.ACCEPTED, OrderState.DONE, OrderState.REFUSED),
    OrderState.ACCEPTED: (OrderState.DONE, OrderState.REFUSED),
}


def basics_failed(act: Acting, incident_id: int) -> Incident:
    """Basic troubleshooting has failed: the owner of the service is finally responsible until it is
    restored.

    Without an owner nobody is; that goes to management, and the page says so until one is named.
    """
    incident = open_one(act.session, incident_id)
    if hold_of(act.session, incident).fixed:
        raise Refused(
            said("%(owner)s is finally responsible already.", owner=incident.owner)
        )
    if not _tried(act.session, incident_id):
        raise Refused(said("Write down first what was tried."))
    service = responsible_for(act.session, incident)
    if service is None or not service.owner:
        what = (
            f"{service.name} has no owner"
            if service
            else "No service is named, so it has no owner"
        )
        why = f"Basic troubleshooting failed and nobody is finally responsible: {what}."
        tell_management(act, incident, NO_OWNER, why)
        return incident
    values = {"owner": service.owner, "owner_fixed_at": act.now}
    sentence = (
        f"{service.owner} is finally responsible until {incident.title} is restored"
    )
    data = {"owner": service.owner, "service": service.id}
    happened(act, incident, EventKind.OWNER_FIXED, sentence, values=values, data=data)
    return incident


def take_over(act: Acting, incident_id: int) -> Incident:
    """The present owner of the service takes the responsibility upon himself from the one who had
    the service.
    """
    incident = open_one(act.session, incident_id)
    service = responsible_for(act.session, incident)
    if (
        not hold_of(act.session, incident).fixed
        or service is None
        or service.owner != act.by
        or incident.owner == act.by
    ):
        raise Refused(
            said("Only the present owner of the service can take this upon himself.")
        )
    sentence = (
        f"{act.by} took the responsibility for {incident.title} from {incident.owner}"
    )
    data = {"owner": act.by, "was": incident.owner, "service": service.id}
    happened(
        act,
        incident,
        EventKind.OWNER_FIXED,
        sentence,
        values={"owner": act.by},
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
        .where(
            IncidentEvent.incident_id == incident.id,
            IncidentEvent.kind == EventKind.CHANGED,
        )
        .order_by(IncidentEvent.id)
    )
    path = [
        data["service"][0]
        for data in changed
        if data.get("service") and data["service"][0]
    ]
    parts: dict[int, list[int]] = {}
    for whole, part in session.execute(
        select(Dependency.service_id, Dependency.part_id)
    ):
        parts.setdefault(whole, []).append(part)
    return session.get(Service, responsible_service(path, incident.service_id, parts))


def order(
    act: Acting,
    incident_id: int,
    team_id: int | None,
    what: str,
    due_at: datetime,
    *,
    began_at: int | None = None,
) -> WorkOrder:
    """The owner orders work from a team, with a time. Who is responsible may also order."""
    incident = open_one(act.session, incident_id, began_at=began_at)
    decides = hold_of(act.session, incident).decides
    if not act.by or act.by != decides:
        whose = f"that is {decides}" if decides else "nobody owns it yet"
        raise Refused(
            said("Only the owner of the service orders work; %(whose)s.", whose=whose)
        )
    team = team_in_use(act.session, team_id)
    if not what.strip():
        raise Invalid(said("Say what is to be done."), field="what")
    if due_at <= act.now:
        raise Invalid(said("Say until when; that moment has passed."), field="due_at")
    made = WorkOrder(
        incident_id=incident_id,
        team_id=team.id,
        what=what.strip(),
        due_at=due_at,
        created_at=act.now,
        created_by=act.by,
    )
    act.session.add(made)
    act.session.flush()
    data = {"order": made.id, "team": team.name, "due": due_at.isoformat()}
    happened(
        act,
        incident,
        EventKind.ORDERED,
        f"Ordered from {team.name}: {made.what[:120]}",
        text=what,
        data=data,
    )
    return made


def answer_order(
    act: Acting, order_id: int, answer: OrderState, text: str = ""
) -> WorkOrder:
    """A team accepts an order, has done it, or refuses it; a refusal takes a reason and goes to
    management.
    """
    made = one_locked(act.session, WorkOrder, order_id)
    incident = locked(act.session, made.incident_id)
    if answer not in ANSWERS.get(made.state, ()):
        raise Refused(said("This work order is %(value)s.", value=made.state.value))
    if answer is OrderState.REFUSED and not text.strip():
        raise Invalid(said("Give the reason; it goes to management."), field="answer")
    refused = answer is OrderState.REFUSED
    made.state, made.answered_at, made.answered_by = answer, act.now, act.by
    made.answer, made.escalated_at = (
        text.strip() or made.answer,
        act.now if refused else None,
    )
    data = {"order": made.id, "answer": answer.value, "what": made.what[:200]}
    sentence = f"Work order {answer.value}: {made.what[:120]}"
    happened(act, incident, EventKind.ORDER_ANSWERED, sentence, text=text, data=data)
    if refused:
        why = f"{act.by} refused the work order “{made.what}” of {made.created_by}: {made.answer}"
        tell_management(act, incident, REFUSED_ORDER, why)
    return made


def tell_management(
    act: Acting,
    incident: Incident,
    rule: str,
    why: str,
    *,
    level: int = 1,
) -> Escalation:
    """Tell management: once per rule and reason while nobody has taken note."""
    open_ones = select(Escalation).where(
        Escalation.incident_id == incident.id,
        Escalation.rule == rule,
        Escalation.why == why,
        Escalation.seen_at.is_(None),
    )
    known = act.session.scalars(open_ones).first()
    if known is not None:
        return known
    made = Escalation(
        incident_id=incident.id, level=level, rule=rule, why=why, at=act.now
    )
    act.session.add(made)
    act.session.flush()
    sentence = f"Management is told about {incident.title}"
    data = {"rule": rule, "level": level}
    happened(
        act,
        incident,
        EventKind.ESCALATED,
        sentence,
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
