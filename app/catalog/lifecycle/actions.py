"""Retire, merge and split services, with a reason; incidents and articles keep their reference to
the old one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.catalog.services.actions import add_service
from app.catalog.sheet.actions import all_edges, facts_of
from app.catalog.sheet.rules import would_cycle
from app.core.acting import Acting
from app.core.changes import Change, one, one_locked
from app.core.errors import Invalid, Refused
from app.core.figures import listed
from app.core.said import nsaid, said
from app.models.catalog.service import Dependency, Fact, Service, ServiceRight
from app.models.catalog.words import ServiceState

KEPT_BY_PARTS = (
    "kind",
    "is_it",
    "owner",
    "team_id",
    "calendar_id",
    "through_owner",
    "main_process",
)


def retire(
    act: Acting,
    service_id: int,
    reason: str,
    successor_id: int | None = None,
) -> Service:
    """End a service with a reason and, if there is one, its successor.

    Refused while another service needs it.
    """
    service = _live(act.session, service_id)
    _reason(reason)
    using = _users_by_name(act.session, service_id)
    if using:
        raise Refused(
            nsaid(
                "%(using)s needs it. Take it out there first, or merge it into what "
                "replaces it.",
                "%(using)s need it. Take it out there first, or merge it into what "
                "replaces it.",
                len(using),
                using=listed(using),
            )
        )
    if successor_id is not None:
        _successor(act.session, service, successor_id)
    _end(act, service, reason, successor_id, f"Retired {service.name}")
    return service


def bring_back(act: Acting, service_id: int) -> Service:
    """Make a retired service a draft again."""
    service = one_locked(act.session, Service, service_id)
    if service.state is not ServiceState.RETIRED:
        raise Refused(said("It is not retired."))
    change = Change(about=Service)
    values = {
        "state": ServiceState.DRAFT,
        "retired_at": None,
        "retired_reason": "",
        "became_id": None,
    }
    change.put(service, {**values, "revision": service.revision + 1})
    change.record(act, service, "service.bring-back", f"Brought {service.name} back")
    return service


def merge(act: Acting, service_id: int, into_id: int, reason: str) -> Service:
    """Make a service part of another one: its parts, users, rights and facts go there; it is
    retired.
    """
    service = _live(act.session, service_id)
    _reason(reason)
    if not into_id:
        raise Invalid(said("Choose the service it goes into."), field="successor_id")
    into = _successor(act.session, service, into_id)
    change = Change(about=Service)
    _rewire(act.session, service_id, [into_id], change)
    _move_rights(act.session, service_id, into_id, change)
    _copy_facts(act, service_id, [into_id], change)
    _end(
        act,
        service,
        reason,
        into_id,
        f"Merged {service.name} into {into.name}",
        change,
    )
    return into


def split(
    act: Acting,
    service_id: int,
    names: Sequence[str],
    reason: str,
    keep: bool = False,
) -> list[Service]:
    """Make several services of one, as drafts with its owner, team, parts and facts; the first gets
    its rights.

    The old one is retired, or with ``keep`` stays as the composite of the new ones.
    """
    service = _live(act.session, service_id)
    _reason(reason)
    wanted = list(dict.fromkeys(name.strip() for name in names if name.strip()))
    if len(wanted) < 2:
        raise Invalid(said("Name at least two services, one a line."), field="names")
    values = {name: getattr(service, name) for name in KEPT_BY_PARTS}
    made = [add_service(act, name, values) for name in wanted]
    change = Change(about=Service)
    for each in made:
        change.put(each, {"split_from_id": service.id})
    ids = [each.id for each in made]
    _copy_facts(act, service_id, ids, change)
    sentence = f"Split {service.name} into {listed(wanted)}"
    if keep:
        for each in made:
            change.add(act.session, Dependency(service_id=service_id, part_id=each.id))
        change.record(act, service, "service.split", sentence, reason=reason)
        return made
    _rewire(act.session, service_id, ids, change)
    _move_rights(act.session, service_id, ids[0], change)
    _end(act, service, reason, None, sentence, change)
    return made


def _live(session: Session, service_id: int) -> Service:
    service = one_locked(session, Service, service_id)
    if service.state is ServiceState.RETIRED:
        raise Refused(said("It is retired already."))
    return service


def _reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid(said("Say why, for those who look for it later."), field="reason")


def _successor(session: Session, service: Service, successor_id: int) -> Service:
    found = one(session, Service, successor_id)
    if found.id == service.id or found.state is ServiceState.RETIRED:
        raise Invalid(
            said("Choose another service that is still there."), field="successor_id"
        )
    return found


def _users_by_name(session: Session, service_id: int) -> list[str]:
    using = (
        select(Service.name)
        .join(Dependency, Dependency.service_id == Service.id)
        .where(Dependency.part_id == service_id, Service.state != ServiceState.RETIRED)
        .order_by(Service.name)
    )
    return list(session.scalars(using))


def _end(
    act: Acting,
    service: Service,
    reason: str,
    became_id: int | None,
    sentence: str,
    change: Change | None = None,
) -> None:
    change = change or Change(about=Service)
    values = {
        "state": ServiceState.RETIRED,
        "retired_at": act.now,
        "retired_reason": reason.strip(),
    }
    change.put(
        service, {**values, "became_id": became_id, "revision": service.revision + 1}
    )
    change.record(act, service, "service.retire", sentence, reason=reason)


def _rewire(session: Session, old: int, new: Iterable[int], change: Change) -> None:
    """Let the new services take the place of the old one, above and below.

    Raises ``Refused`` for a circle.
    """
    rows = session.scalars(
        select(Dependency).where(
            (Dependency.service_id == old) | (Dependency.part_id == old)
        )
    )
    touching = [(row.service_id, row.part_id) for row in rows]
    edges = [edge for edge in all_edges(session) if old not in edge]
    for dependency in session.scalars(
        select(Dependency).where(Dependency.part_id == old)
    ):
        session.delete(dependency)
    session.flush()
    for each in new:
        for service, part in (
            (each if a == old else a, each if b == old else b) for a, b in touching
        ):
            if service == part or (service, part) in edges:
                continue
            if would_cycle(edges, service, part):
                names = [
                    one(session, Service, number).name for number in (service, part)
                ]
                raise Refused(
                    said(
                        "%(value)s would need itself through %(value_2)s; change the "
                        "parts first.",
                        value=names[0],
                        value_2=names[1],
                    )
                )
            edges.append((service, part))
            change.add(session, Dependency(service_id=service, part_id=part))


def _move_rights(session: Session, old: int, new: int, change: Change) -> None:
    for right in session.scalars(
        select(ServiceRight).where(ServiceRight.service_id == old)
    ):
        change.put(right, {"service_id": new})


def _copy_facts(act: Acting, old: int, new: Iterable[int], change: Change) -> None:
    for each in new:
        known = {fact.name.lower() for fact in facts_of(act.session, each)}
        for position, fact in enumerate(facts_of(act.session, old), start=len(known)):
            if fact.name.lower() not in known:
                change.add(
                    act.session,
                    Fact(
                        service_id=each,
                        name=fact.name,
                        hint=fact.hint,
                        required=fact.required,
                        position=position,
                        created_at=act.now,
                        created_by=act.by,
                    ),
                )
