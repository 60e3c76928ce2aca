"""What belongs to a service: its parts, who does what, its rights, what the desk asks, what was
decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog.sheet import rules
from app.catalog.sheet.rules import would_cycle
from app.core.acting import Acting
from app.core.changes import Change, one, one_locked, word
from app.core.errors import Invalid, NotFound, Refused
from app.core.said import said
from app.models.catalog.service import (
    Dependency,
    Duty,
    Fact,
    Service,
    ServiceNote,
    ServiceRight,
)
from app.models.catalog.words import Letter, ServiceNoteKind, ServiceState
from app.models.directory import Entitlement

Owned = TypeVar("Owned", Duty, Fact, ServiceNote)


def add_part(act: Acting, service_id: int, part_id: int, note: str = "") -> Dependency:
    """Say that a service needs another one.

    Raises ``Refused`` where a service would need itself.
    """
    service, part = (
        one_locked(act.session, Service, service_id),
        one(act.session, Service, part_id),
    )
    edges = all_edges(act.session)
    if part.state is ServiceState.RETIRED:
        raise Invalid(said("%(name)s is retired.", name=part.name), field="part_id")
    if (service_id, part_id) in edges:
        raise Invalid(
            said("%(name)s is a part of it already.", name=part.name), field="part_id"
        )
    if would_cycle(edges, service_id, part_id):
        raise Invalid(
            said(
                "%(name)s would need itself: %(name_2)s is built on it.",
                name=service.name,
                name_2=part.name,
            ),
            field="part_id",
        )
    change = Change(about=Service)
    made = change.add(
        act.session,
        Dependency(service_id=service_id, part_id=part_id, note=note.strip()),
    )
    change.record(act, service, "service.part", f"{service.name} needs {part.name}")
    return made


def remove_part(act: Acting, service_id: int, part_id: int) -> str:
    """Say that a service no longer needs another one; returns what was noted about it."""
    service = one_locked(act.session, Service, service_id)
    pair = select(Dependency).where(
        Dependency.service_id == service_id, Dependency.part_id == part_id
    )
    found = act.session.scalars(pair).one_or_none()
    if found is None:
        raise NotFound(said("It is no part of this service."))
    name = one(act.session, Service, part_id).name
    act.session.delete(found)
    Change(before={"part": name}, after={"part": None}).record(
        act,
        service,
        "service.part-out",
        f"{service.name} no longer needs {name}",
    )
    return found.note


def all_edges(session: Session) -> list[tuple[int, int]]:
    """Return who needs whom, over the whole catalogue."""
    rows = session.execute(
        select(Dependency.service_id, Dependency.part_id).order_by(Dependency.id)
    )
    return [(row.service_id, row.part_id) for row in rows]


@dataclass(frozen=True, slots=True)
class DutySet:
    """A duty as it stands now. ``before``: the letter it had; ``alone``: nobody else's changed,
    and a new one can be taken out again.
    """

    duty: Duty
    before: Letter | None
    alone: bool


def set_duty(
    act: Acting,
    service_id: int,
    process: str,
    party: str,
    letter: str,
) -> DutySet:
    """Say what a party does for a service and process.

    Whoever was accountable before becomes responsible.
    """
    service = one_locked(act.session, Service, service_id)
    process, party, given = (
        process.strip(),
        party.strip(),
        word(Letter, letter, "letter"),
    )
    if not party:
        raise Invalid(said("Say which team, role or person."), field="party")
    duties = _duties(act.session, service_id)
    why = rules.objection([_cell(duty) for duty in duties], process, party, given)
    if why:
        raise Invalid(why, field="letter")
    change = Change(about=Service)
    before = [
        duty
        for duty in duties
        if (duty.process, duty.letter) == (process, "A") and duty.party != party
    ]
    moved = before if given is Letter.ACCOUNTABLE else []
    for duty in moved:
        change.put(duty, {"letter": Letter.RESPONSIBLE})
    mine = next(
        (duty for duty in duties if (duty.process, duty.party) == (process, party)),
        None,
    )
    had = mine.letter if mine else None
    if mine is None:
        mine = change.add(
            act.session,
            Duty(service_id=service_id, process=process, party=party, letter=given),
        )
    else:
        change.put(mine, {"letter": given})
    sentence = (
        f"{party} is {rules.LETTERS[given]} for "
        f"{process or 'the service itself'} of {service.name}"
    )
    change.record(act, service, "service.duty", sentence)
    now = [_cell(duty) for duty in _duties(act.session, service_id)]
    parts = had is not None or not rules.parting(now, _cell(mine))
    return DutySet(mine, had, alone=parts and not moved)


def remove_duty(act: Acting, service_id: int, duty_id: int) -> Duty:
    """Take a party out of a process; the accountable one goes last."""
    service = one_locked(act.session, Service, service_id)
    duty = _own(act.session, Duty, service_id, duty_id)
    why = rules.parting(
        [_cell(each) for each in _duties(act.session, service_id)], _cell(duty)
    )
    if why:
        raise Refused(why)
    act.session.delete(duty)
    told = {"process": duty.process, "party": duty.party, "letter": str(duty.letter)}
    sentence = f"Took {duty.party} out of {duty.process or 'the service itself'} of {service.name}"
    Change(before=told).record(act, service, "service.duty-out", sentence)
    return duty


def add_right(act: Acting, service_id: int, right_id: int) -> ServiceRight:
    """Say that a right opens this service. Raises ``Invalid`` when it opens another one."""
    service, right = (
        one_locked(act.session, Service, service_id),
        one(act.session, Entitlement, right_id),
    )
    other = act.session.scalars(
        select(Service.name)
        .join(ServiceRight, ServiceRight.service_id == Service.id)
        .where(ServiceRight.entitlement_id == right_id)
    ).first()
    if other is not None:
        raise Invalid(
            said(
                "%(cn)s opens %(other)s already; take it away there first.",
                cn=right.cn,
                other=other,
            ),
            field="right",
        )
    change = Change(about=Service)
    made = change.add(
        act.session, ServiceRight(service_id=service_id, entitlement_id=right_id)
    )
    change.record(act, service, "service.right", f"{right.cn} opens {service.name}")
    return made


def find_right(session: Session, text: str) -> int:
    """Return the number of the right called this, by cn or DN. Raises ``Invalid``."""
    wanted = text.strip()
    named = (func.lower(Entitlement.cn) == wanted.lower()) | (
        func.lower(Entitlement.dn) == wanted.lower()
    )
    found = list(
        session.scalars(
            select(Entitlement.id).where(named, Entitlement.gone_at.is_(None))
        )
    )
    if len(found) == 1:
        return found[0]
    why = (
        f"There is no right “{wanted}”."
        if not found
        else f"Several rights are called “{wanted}”; give the DN."
    )
    raise Invalid(why, field="right")


def remove_right(act: Acting, service_id: int, right_id: int) -> None:
    """Say that a right no longer opens this service."""
    service = one_locked(act.session, Service, service_id)
    mine = (
        ServiceRight.service_id == service_id,
        ServiceRight.entitlement_id == right_id,
    )
    found = act.session.scalars(select(ServiceRight).where(*mine)).one_or_none()
    if found is None:
        raise NotFound(said("This right does not open the service."))
    act.session.delete(found)
    name = one(act.session, Entitlement, right_id).cn
    Change(before={"right": name}, after={"right": None}).record(
        act,
        service,
        "service.right-out",
        f"{name} no longer opens {service.name}",
    )


def add_fact(
    act: Acting,
    service_id: int,
    name: str,
    hint: str = "",
    required: bool = True,
) -> Fact:
    """Let the desk ask for one more fact whenever this service is meant; it is asked last."""
    service = one_locked(act.session, Service, service_id)
    if not name.strip():
        raise Invalid(said("Say what the desk has to ask for."), field="name")
    asked = facts_of(act.session, service_id)
    if name.strip().lower() in (fact.name.lower() for fact in asked):
        raise Invalid(said("The desk asks for this already."), field="name")
    change = Change(about=Service)
    position = max((fact.position for fact in asked), default=-1) + 1
    fact = Fact(
        service_id=service_id,
        name=name.strip(),
        hint=hint.strip(),
        required=required,
        position=position,
        created_at=act.now,
        created_by=act.by,
    )
    change.add(act.session, fact)
    change.record(
        act,
        service,
        "service.fact",
        f"The desk asks for “{fact.name}”: {service.name}",
    )
    return fact


def ask_from_now_on(act: Acting, service_id: int, name: str) -> Fact:
    """Let the desk ask for a fact that was missing, unless it asks for it already; returns the
    fact.
    """
    name, asked = name.strip(), facts_of(act.session, service_id)
    for fact in asked:
        if fact.name.casefold() == name.casefold():
            return fact
    change = Change()
    position = 1 + max((fact.position for fact in asked), default=0)
    made = Fact(
        service_id=service_id,
        name=name,
        position=position,
        created_at=act.now,
        created_by=act.by,
    )
    change.add(act.session, made)
    service = act.session.get_one(Service, service_id)
    change.record(act, service, "service.ask", f"{service.name} asks at intake: {name}")
    return made


def move_fact(act: Acting, service_id: int, fact_id: int, up: bool) -> None:
    """Ask for a fact one place earlier or later; at the end nothing happens."""
    service = one_locked(act.session, Service, service_id)
    asked = facts_of(act.session, service_id)
    place = asked.index(_own(act.session, Fact, service_id, fact_id)) if asked else 0
    other = place - 1 if up else place + 1
    if not 0 <= other < len(asked):
        return
    asked[place], asked[other] = asked[other], asked[place]
    change = Change(about=Service)
    for position, fact in enumerate(asked):
        change.put(fact, {"position": position})
    change.record(
        act,
        service,
        "service.facts",
        f"Put the facts of {service.name} in order",
    )


def retire_fact(act: Acting, service_id: int, fact_id: int) -> None:
    """Ask for a fact no longer; answers given so far stay."""
    service = one_locked(act.session, Service, service_id)
    fact, change = _own(act.session, Fact, service_id, fact_id), Change(about=Service)
    if change.put(fact, {"retired_at": fact.retired_at or act.now}):
        sentence = f"The desk no longer asks for “{fact.name}”: {service.name}"
        change.record(act, service, "service.fact-out", sentence)


def facts_of(session: Session, service_id: int) -> list[Fact]:
    """Return what the desk asks for, in order."""
    mine = select(Fact).where(Fact.service_id == service_id, Fact.retired_at.is_(None))
    return list(session.scalars(mine.order_by(Fact.position, Fact.id)))


def add_note(act: Acting, service_id: int, kind: str, text: str) -> ServiceNote:
    """Keep a decision about a service, or a dispute that is still open."""
    service = one_locked(act.session, Service, service_id)
    if not text.strip():
        raise Invalid(said("Write what was decided or is disputed."), field="text")
    change = Change(about=Service)
    note = ServiceNote(
        service_id=service_id,
        kind=word(ServiceNoteKind, kind, "kind"),
        text=text.strip(),
        created_at=act.now,
        created_by=act.by,
    )
    change.add(act.session, note)
    change.record(
        act,
        service,
        "service.note",
        f"{note.kind.capitalize()} about {service.name}",
    )
    return note


def settle(act: Acting, service_id: int, note_id: int, how: str) -> ServiceNote:
    """Say how a dispute was settled."""
    service = one_locked(act.session, Service, service_id)
    note = _own(act.session, ServiceNote, service_id, note_id)
    if note.kind is not ServiceNoteKind.DISPUTE or note.settled_at is not None:
        raise Refused(said("Only an open dispute can be settled."))
    if not how.strip():
        raise Invalid(said("Say how it was settled."), field="how")
    change = Change(about=Service)
    change.put(note, {"settled": how.strip(), "settled_at": act.now})
    change.record(
        act,
        service,
        "service.settle",
        f"Settled a dispute about {service.name}",
    )
    return note


def _own(session: Session, kind: type[Owned], service_id: int, row_id: int) -> Owned:
    found = one(session, kind, row_id)
    if found.service_id != service_id:
        raise NotFound(said("That belongs to another service."))
    return found


def _duties(session: Session, service_id: int) -> Sequence[Duty]:
    return session.scalars(select(Duty).where(Duty.service_id == service_id)).all()


def _cell(duty: Duty) -> rules.Cell:
    return rules.Cell(duty.process, duty.party, duty.letter.value, duty.id)
