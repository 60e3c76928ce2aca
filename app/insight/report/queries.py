"""What the start page and the report need, from all rooms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.drift.queries import DriftFilter, count_drift
from app.access.roles.queries import roles_by_rights
from app.core.changes import one
from app.directory.queries import (
    DirectoryLine,
    RightsFilter,
    count_rights,
    load_graph,
)
from app.directory.rules import Graph, names
from app.insight.report import rules
from app.insight.report.rules import Bar, Line, Numbers, Proposal, Twins
from app.models.access.role import Role
from app.models.access.wave import Switch, Wave
from app.models.access.words import SwitchState
from app.models.directory import Directory
from ldap_sync.dn import fold_or_self

MOVED = (SwitchState.CONFIRMED, SwitchState.CLOSED)
MOVING = (
    SwitchState.ROLE_ON,
    SwitchState.OVERLAP,
    SwitchState.DIRECT_OFF,
    SwitchState.SOAKING,
)


@dataclass(frozen=True, slots=True)
class MovesSoFar:
    """How far the change is: people moved for good, people on the way, people who could be
    moved, and how much others changed since that nobody decided about.
    """

    moved: int
    moving: int
    people: int
    drift: int


@dataclass(frozen=True, slots=True)
class InsightReport:
    """The whole first report of one directory."""

    directory: str
    read_at: datetime
    graph: Graph
    numbers: Numbers
    proposal: Proposal | None
    lines: list[Line]
    bars: list[Bar]
    moves: MovesSoFar


def report_of(session: Session, line: DirectoryLine) -> InsightReport | None:
    """Return the report of a directory, or None while it was never read completely."""
    if line.last is None:
        return None
    graph = load_graph(session, line.id)
    numbers = rules.count(
        graph, count_rights(session, RightsFilter(owner="none", directory=line.id))
    )
    proposal = _proposal(session, line.id, graph)
    return InsightReport(
        directory=line.name,
        read_at=line.last.ended_at or line.last.started_at,
        graph=graph,
        numbers=numbers,
        proposal=proposal,
        lines=rules.lines(graph, numbers, proposal),
        bars=rules.bars_of(graph),
        moves=_moves(session, line.id, graph),
    )


def first_of(session: Session, line: DirectoryLine) -> str:
    """Return the login of whom the proposed role of a directory is taken from; nothing for none."""
    graph = load_graph(session, line.id)
    proposal = _proposal(session, line.id, graph)
    return graph.people[proposal.first].uid if proposal else ""


def _proposal(session: Session, directory_id: int, graph: Graph) -> Proposal | None:
    """Return with whom to begin the next role: a set that is a role already is none."""
    protected = _protected(one(session, Directory, directory_id), graph)
    return rules.propose(graph, protected, roles_by_rights(session, directory_id))


def twins_of(session: Session, directory_id: int) -> tuple[Graph, list[Twins]]:
    """Return the sets of at least two people with exactly the same rights, with the graph their ids
    belong to.
    """
    graph = load_graph(session, directory_id)
    return graph, [twins for twins in rules.twin_sets(graph) if len(twins.people) > 1]


def right_names(graph: Graph, right_ids: frozenset[int]) -> list[str]:
    """Return what rights are called, sorted."""
    return sorted((names(graph, right_id) for right_id in right_ids), key=str.casefold)


def _protected(directory: Directory, graph: Graph) -> set[int]:
    dns = frozenset(fold_or_self(dn) for dn in directory.protected)
    return graph.once(("called", dns), lambda graph: _called(graph, dns))


def _called(graph: Graph, dns: frozenset[str]) -> set[int]:
    if not dns:
        return set()
    people = graph.people.values()
    return {person.id for person in people if fold_or_self(person.dn) in dns}


def _moves(session: Session, directory_id: int, graph: Graph) -> MovesSoFar:
    in_state = select(func.count(func.distinct(Switch.person_id))).join(
        Wave, Wave.id == Switch.wave_id
    )
    here = in_state.join(Role, Role.id == Wave.role_id).where(
        Role.directory_id == directory_id, Role.single.is_(False)
    )
    people = graph.once("could be moved", _could_be_moved)
    moved = session.scalar(here.where(Switch.state.in_(MOVED))) or 0
    moving = session.scalar(here.where(Switch.state.in_(MOVING))) or 0
    drift = count_drift(session, DriftFilter(directory_id=directory_id))
    return MovesSoFar(moved, moving, people, drift)


def _could_be_moved(graph: Graph) -> int:
    people = graph.people.values()
    return sum(not person.service and not person.disabled for person in people)
