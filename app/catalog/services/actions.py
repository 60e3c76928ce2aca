"""Add and change services; publish them only with an owner who can sign in; take them back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog.services.queries import who_can_sign_in
from app.catalog.services.rules import known_answers, suggest
from app.core.acting import Acting
from app.core.changes import Change, cleaned, demand, demand_revision, one, one_locked
from app.core.errors import Invalid, Refused
from app.core.figures import listed
from app.core.said import said
from app.models.catalog.calendar import Calendar
from app.models.catalog.service import Service
from app.models.catalog.words import ServiceKind, ServiceState
from app.models.people import Team

EDITABLE = (
    "name",
    "kind",
    "is_it",
    "summary",
    "how_to_get",
    "not_included",
    "for_it",
    "audience",
    "main_process",
    "owner",
    "team_id",
    "price",
    "price_unit",
    "calendar_id",
    "through_owner",
)
SPOKEN = {
    "is_it": "whether IT provides it",
    "through_owner": "whether hand-overs pass the owner",
    "for_it": "what IT knows",
}
NO_OWNER = said(
    "Name its owner first: exactly one person answers for it, also for what others do in it. "
    "Without one it would be passed around."
)


def add_service(
    act: Acting, name: str, values: Mapping[str, Any] | None = None
) -> Service:
    """Add a service as a draft; its name is enough. Raises ``Invalid`` naming the field."""
    found = checked(act.session, None, {"name": name, **(values or {})})
    change = Change(about=Service)
    service = change.add(
        act.session, Service(created_at=act.now, created_by=act.by, **found)
    )
    change.record(act, service, "service.add", f"Added the service {service.name}")
    return service


def change_service(
    act: Acting,
    service_id: int,
    values: Mapping[str, Any],
    *,
    revision: int | None = None,
) -> Service:
    """Change what is known of a service.

    Raises ``Conflict`` when somebody saved since ``revision``.
    """
    service = one_locked(act.session, Service, service_id)
    demand_revision(service.revision, revision)
    found = checked(act.session, service, values)
    changed = Change(about=Service)
    if changed.put(service, found):
        names = listed([spoken(name) for name in changed.after])
        _save(
            act,
            service,
            changed,
            "change",
            f"Changed {names} of {service.name}",
        )
    return service


def set_urgency(
    act: Acting,
    service_id: int,
    answers: Mapping[str, str],
    urgency: int | None = None,
    *,
    reason: str = "",
    main_process: str | None = None,
) -> Service:
    """Set the urgency a service has, with the answers it was derived from; another than suggested
    takes a reason.

    Incidents keep the urgency they have until somebody classifies them again.
    """
    service = one_locked(act.session, Service, service_id)
    given = known_answers(answers)
    suggested = suggest(given).urgency
    wanted = suggested if urgency is None else urgency
    if not 1 <= wanted <= 4:
        raise Invalid(
            said(
                "Urgency goes from 1 (the main business process stops) to 4 "
                "(convenience)."
            ),
            field="urgency",
        )
    if wanted != suggested and not reason.strip():
        raise Invalid(
            said(
                "The answers suggest %(suggested)s. Say why it is %(wanted)s instead.",
                suggested=suggested,
                wanted=wanted,
            ),
            field="reason",
        )
    kept = {**given, **({"reason": reason.strip()} if wanted != suggested else {})}
    changed = Change(about=Service)
    values = {"urgency": wanted, "urgency_answers": kept}
    if changed.put(
        service,
        values
        if main_process is None
        else {**values, "main_process": main_process.strip()},
    ):
        sentence = (
            f"Set the urgency of {service.name} to {wanted}; incidents keep theirs until "
            "classified again"
        )
        _save(act, service, changed, "urgency", sentence, reason=reason)
    return service


def publish(act: Acting, service_id: int) -> Service:
    """Offer a service to customers. Raises ``Refused`` with everything that is missing."""
    service = one_locked(act.session, Service, service_id)
    demand(publish_objections(act.session, service))
    changed = Change(about=Service)
    changed.put(service, {"state": ServiceState.PUBLISHED, "published_at": act.now})
    _save(act, service, changed, "publish", f"Published {service.name}")
    return service


def unpublish(act: Acting, service_id: int, reason: str = "") -> Service:
    """Take a service back from customers; it becomes a draft."""
    service = one_locked(act.session, Service, service_id)
    if service.state is not ServiceState.PUBLISHED:
        raise Refused(said("Only a published service can be taken back."))
    changed = Change(about=Service)
    changed.put(service, {"state": ServiceState.DRAFT, "published_at": None})
    _save(
        act,
        service,
        changed,
        "unpublish",
        f"Took {service.name} back",
        reason=reason,
    )
    return service


def publish_objections(session: Session, service: Service) -> list[str]:
    """Return everything that keeps a service from being published."""
    if service.state is ServiceState.RETIRED:
        return ["It is retired; bring it back first."]
    if service.state is ServiceState.PUBLISHED:
        return ["It is published already."]
    objections = []
    if not service.owner:
        objections.append(NO_OWNER)
    elif service.owner not in who_can_sign_in(session):
        objections.append(
            f"{service.owner} cannot sign in any more; name another owner."
        )
    if service.kind is ServiceKind.CUSTOMER and not service.summary:
        objections.append("Say in a customer's words what it is.")
    return objections


def checked(
    session: Session, service: Service | None, values: Mapping[str, Any]
) -> dict[str, Any]:
    """Return values that a service can take.

    Raises ``Invalid`` naming the field that cannot be used.
    """
    found = cleaned(Service, values, EDITABLE)
    if "name" in found:
        _check_name(session, service, found["name"])
    if found.get("owner"):
        found["owner"] = _owner(session, found["owner"])
    elif (
        "owner" in found
        and service is not None
        and service.state is ServiceState.PUBLISHED
    ):
        raise Invalid(
            said(
                "A published service has an owner; name another one, or take it "
                "back first."
            ),
            field="owner",
        )
    if found.get("price") is not None and found["price"] < 0:
        raise Invalid(said("A price is not below 0."), field="price")
    for field, kind in (("team_id", Team), ("calendar_id", Calendar)):
        if found.get(field) is not None:
            one(session, kind, found[field])
    return found


def spoken(name: str) -> str:
    """Return a field's name as people say it."""
    return SPOKEN.get(name, name.removesuffix("_id").replace("_", " "))


def _check_name(session: Session, service: Service | None, name: str) -> None:
    if not name:
        raise Invalid(said("Give it a name its users know."), field="name")
    same = select(Service.id).where(func.lower(Service.name) == name.lower())
    others = [
        number
        for number in session.scalars(same)
        if service is None or number != service.id
    ]
    if others:
        raise Invalid(
            said("Service %(value)s has this name already.", value=others[0]),
            field="name",
        )


def _owner(session: Session, name: str) -> str:
    """Return the owner as the operator's name is spelled.

    Raises ``Invalid`` for whoever cannot sign in.
    """
    by_lower = {known.lower(): known for known in who_can_sign_in(session)}
    if name.lower() not in by_lower:
        raise Invalid(
            said(
                "“%(name)s” is no operator who can sign in; only such a person "
                "can own a service.",
                name=name,
            ),
            field="owner",
        )
    return by_lower[name.lower()]


def _save(
    act: Acting,
    service: Service,
    changed: Change,
    action: str,
    sentence: str,
    *,
    reason: str = "",
) -> None:
    changed.put(service, {"revision": service.revision + 1})
    changed.record(act, service, f"service.{action}", sentence, reason=reason)
