"""Influence scripts as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from app.catalog.matrix.queries import current_matrix
from app.catalog.scripts.bench import AnswersRecord, BenchLine, bench, said_in
from app.catalog.scripts.rules import ScriptFault, Tree, faults, tree_of
from app.core.changes import one
from app.models.catalog.script import Script
from app.models.catalog.service import Service
from app.models.catalog.words import ScriptState, ServiceState
from app.models.incidents.incident import Classification, Incident

RECENT = 50


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a service's script."""

    id: int
    service_id: int
    service: str
    number: int
    state: ScriptState
    note: str
    revision: int
    created_at: datetime
    created_by: str
    published_at: datetime | None
    published_by: str
    tree: Tree
    faults: tuple[ScriptFault, ...]

    @property
    def answers(self) -> int:
        """Return how many answers it has."""
        return sum(len(question.answers) for question in self.tree.questions)

    def faults_of(self, key: str) -> list[ScriptFault]:
        """Return what is wrong with one question."""
        return [fault for fault in self.faults if fault.question == key]


@dataclass(frozen=True, slots=True)
class Asking:
    """A service and how far its script is: the version in force, and how many drafts wait."""

    service_id: int
    service: str
    published: int | None
    published_at: datetime | None
    drafts: int


def published_script(session: Session, service_id: int) -> Script | None:
    """Return the script that is asked for a service at intake."""
    asked = select(Script).where(
        Script.service_id == service_id, Script.state == ScriptState.PUBLISHED
    )
    return session.scalars(asked.order_by(Script.number.desc()).limit(1)).first()


def version(session: Session, script_id: int) -> Version:
    """Return one version. Raises ``NotFound``."""
    script = one(session, Script, script_id)
    return _version(script, one(session, Service, script.service_id).name)


def versions(session: Session, service_id: int) -> tuple[str, list[Version]]:
    """Return a service's name and its versions, the newest first. Raises ``NotFound``."""
    service = one(session, Service, service_id)
    found = session.scalars(
        select(Script)
        .where(Script.service_id == service_id)
        .order_by(Script.number.desc())
    )
    return service.name, [_version(script, service.name) for script in found]


def asking(session: Session) -> list[Asking]:
    """Return every service that is not retired with how far its script is, in one query."""
    in_force = Script.state == ScriptState.PUBLISHED
    asked = (
        select(
            Service.id,
            Service.name,
            func.max(Script.number).filter(in_force),
            func.max(Script.published_at).filter(in_force),
            func.count(Script.id).filter(Script.state == ScriptState.DRAFT),
        )
        .outerjoin(Script, Script.service_id == Service.id)
        .where(Service.state != ServiceState.RETIRED)
        .group_by(Service.id, Service.name)
        .order_by(Service.name)
    )
    return [Asking(*row) for row in session.execute(asked)]


def run_bench(
    session: Session, script: Version, *, most: int = RECENT
) -> list[BenchLine]:
    """Run a version over the latest answers of the service's last incidents, the newest first."""
    return bench(
        script.tree, _records(session, script.service_id, most), current_matrix(session)
    )


def _records(session: Session, service_id: int, most: int) -> list[AnswersRecord]:
    rows = session.execute(_latest(service_id, most)).all()
    wanted = {row.script_id for row in rows}
    trees = {
        script_id: tree_of(content)
        for script_id, content in session.execute(
            select(Script.id, Script.content).where(Script.id.in_(wanted))
        )
    }
    return [
        AnswersRecord(
            row.id,
            row.title,
            said_in(row.answers or (), trees.get(row.script_id)),
            row.impact,
            row.urgency,
        )
        for row in rows
    ]


def _latest(service_id: int, most: int) -> Select[Any]:
    run = Classification
    newest = (
        select(func.max(run.id))
        .join(Incident, Incident.id == run.incident_id)
        .where(Incident.service_id == service_id, run.script_id.is_not(None))
        .group_by(run.incident_id)
        .order_by(func.max(run.id).desc())
        .limit(most)
    )
    return (
        select(
            Incident.id,
            Incident.title,
            run.script_id,
            run.answers,
            run.impact,
            run.urgency,
        )
        .join(Incident, Incident.id == run.incident_id)
        .where(run.id.in_(newest.scalar_subquery()))
        .order_by(run.id.desc())
    )


def _version(script: Script, service: str) -> Version:
    tree = tree_of(script.content)
    return Version(
        script.id,
        script.service_id,
        service,
        script.number,
        script.state,
        script.note,
        script.revision,
        script.created_at,
        script.created_by,
        script.published_at,
        script.published_by,
        tree,
        tuple(faults(tree)),
    )
