"""What stands in an evidence pack, table by table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.access.queries import plan_of
from app.core.audit import AuditEvent
from app.core.trail import READ, told
from app.models.access.role import Role, RoleRight, RoleVersion
from app.models.access.wave import Step, Switch, Wave
from app.models.directory import (
    Directory,
    Entitlement,
    Reading,
    ReadingState,
)
from app.models.people import Person

Row = dict[str, Any]
AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class EvidenceSpan:
    """The time a pack is about: after ``since``, up to and with ``until``."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Names:
    """What people and rights are called, by number."""

    people: Mapping[int, tuple[str, str]]
    rights: Mapping[int, tuple[str, str]]
    directory_of: Mapping[int, int]


def names_of(session: Session) -> Names:
    """Return what all people and rights are called, gone ones too."""
    people = session.execute(
        select(
            Person.id,
            Person.uid,
            Person.name,
        )
    )
    columns = Entitlement.id, Entitlement.cn, Entitlement.dn, Entitlement.directory_id
    rights = session.execute(select(*columns)).all()
    return Names(
        {row.id: (row.uid, row.name) for row in people},
        {row.id: (row.cn, row.dn) for row in rights},
        {row.id: row.directory_id for row in rights},
    )


def population(session: Session, span: EvidenceSpan) -> Iterator[Row]:
    """Yield everybody who was in a directory at some time of the span."""
    there = select(Person, Directory.name).join(
        Directory, Directory.id == Person.directory_id
    )
    lasted = or_(
        Person.gone_at.is_(None),
        Person.gone_at > span.since,
    )
    wanted = there.where(
        lasted,
        Person.first_seen <= span.until,
    )
    ordered = wanted.order_by(
        Directory.name,
        Person.uid,
        Person.id,
    )
    for person, directory in session.execute(
        ordered.execution_options(yield_per=AT_ONCE)
    ):
        yield {
            "directory": directory,
            "person": person.uid,
            "name": person.name,
            "dn": person.dn,
            "key": person.key,
            "service": person.service,
            "disabled": person.disabled,
            "first_seen": person.first_seen,
            "gone_at": person.gone_at,
        }


def readings(session: Session, span: EvidenceSpan) -> Iterator[Row]:
    """Yield the readings that ended in the span and the last complete one before: the proof that
    the population is complete.
    """
    for directory in session.scalars(select(Directory).order_by(Directory.name)):
        of = Reading.directory_id == directory.id
        done = Reading.state == ReadingState.COMPLETE
        before = select(func.max(Reading.ended_at)).where(
            of,
            done,
        )
        first = session.scalar(before.where(Reading.ended_at <= span.since))
        in_time = Reading.ended_at > span.since, Reading.ended_at <= span.until
        wanted = select(Reading).where(
            of,
            or_(
                Reading.ended_at == first,
                (in_time[0]) & (in_time[1]),
            ),
        )
        for reading in session.scalars(
            wanted.order_by(
                Reading.ended_at,
                Reading.id,
            )
        ):
            yield _reading(directory.name, reading)


def _reading(directory: str, reading: Reading) -> Row:
    return {
        "directory": directory,
        "reading": reading.id,
        "state": reading.state.value,
        "whole": reading.full,
        "started_at": reading.started_at,
        "ended_at": reading.ended_at,
        "people": reading.people,
        "groups": reading.groups,
        "grants": reading.grants,
        "left_out": reading.left_out_count,
        "groups_outside": reading.outside_count,
        "forced": reading.forced,
        "missed": reading.missed_count,
        "why": reading.reason or reading.note,
    }


def roles(session: Session) -> Iterator[Row]:
    """Yield every right of every version of every role."""
    wanted = (
        select(
            Role,
            RoleVersion,
            RoleRight.reason,
            Entitlement.cn,
            Directory.name,
        )
        .join(RoleVersion, RoleVersion.role_id == Role.id)
        .join(RoleRight, RoleRight.version_id == RoleVersion.id)
        .join(Entitlement, Entitlement.id == RoleRight.entitlement_id)
        .join(Directory, Directory.id == Role.directory_id)
    )
    ordered = wanted.order_by(
        Role.name,
        Role.id,
        RoleVersion.number,
        Entitlement.cn,
    )
    for role, version, reason, right, directory in session.execute(ordered):
        yield {
            "directory": directory,
            "role": role.name,
            "version": version.number,
            "right": right,
            "reason": reason,
            "made_by": version.created_by,
            "made_at": version.created_at,
            "approved_at": version.approved_at,
            "retired_at": role.retired_at,
        }


def changes(session: Session, span: EvidenceSpan) -> Iterator[Row]:
    """Yield every change Rung made in a directory, with who planned, approved and applied it."""
    wanted = (
        select(Step, Wave, Role.name, Person.uid)
        .join(Wave, Wave.id == Step.wave_id)
        .join(Role, Role.id == Wave.role_id)
        .outerjoin(Switch, Switch.id == Step.switch_id)
        .outerjoin(Person, Person.id == Switch.person_id)
        .where(Step.ended_at > span.since, Step.ended_at <= span.until)
        .order_by(Step.ended_at, Step.id)
    )
    for step, wave, role, person in session.execute(wanted):
        yield {
            "at": step.ended_at,
            "role": role,
            "wave": wave.number,
            "person": person or "",
            "change": step.sentence,
            "state": step.state.value,
            "proof": step.proof,
            "takes_back": step.reverses_id is not None,
            "planned_by": wave.author,
            "approved_by": wave.approved_by,
            "applied_by": wave.applied_by,
            "plan": wave.approved_hash or wave.plan_hash,
        }


def decisions(session: Session, span: EvidenceSpan) -> Iterator[Row]:
    """Yield what was decided with the plans of the span: losses, gains, and what is kept."""
    in_time = Wave.created_at > span.since, Wave.created_at <= span.until
    for wave in session.scalars(select(Wave).where(*in_time).order_by(Wave.id)):
        head = {
            "wave": wave.id,
            "plan": wave.plan_hash,
            "planned_by": wave.author,
            "approved_by": wave.approved_by,
            "approved_at": wave.approved_at,
            "self_approved": wave.self_approved,
        }
        for part in plan_of(wave).people:
            for loss in part.losses:
                yield _decided(
                    head,
                    part.person,
                    "loss",
                    loss.right,
                    loss.reason,
                )
            for gain in part.gains:
                yield _decided(
                    head,
                    part.person,
                    "gain",
                    gain.right,
                    gain.how,
                )
            for kept in part.exceptions:
                why = f"{kept.reason} ({kept.owner}, until {kept.until})"
                yield _decided(
                    head,
                    part.person,
                    "kept outside",
                    kept.right,
                    why,
                )


def _decided(head: Row, person: str, what: str, right: str, why: str) -> Row:
    return {**head, "person": person, "decided": what, "right": right, "why": why}


def trail(session: Session, span: EvidenceSpan) -> Iterator[Row]:
    """Yield the events of the audit trail; of what needs more than “read” only that it was."""
    wanted = select(AuditEvent).where(
        AuditEvent.at > span.since, AuditEvent.at <= span.until
    )
    ordered = wanted.order_by(AuditEvent.id).execution_options(yield_per=AT_ONCE)
    for event in session.scalars(ordered):
        seen = told(event, (READ,))
        yield {
            "event": seen.id,
            "at": seen.at,
            "by": seen.actor,
            "action": seen.action,
            "about": seen.subject,
            "what": seen.label,
            "before": seen.before,
            "after": seen.after,
            "why": seen.reason,
            "hash": seen.hash,
            "hidden": seen.hidden,
        }
