"""A wave, rehearsed by what the directories' own logs told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.access.document import PlanDocument
from app.access.queries import plan_of
from app.access.rehearsal.rules import (
    AnswerChange,
    Rehearsal,
    Worlds,
    answers,
    rehearse,
)
from app.access.waves.queries import wave_alone
from app.core.said import joined, nsaid, said
from app.directory.queries import asked_of, load_graph, logs_of, proposals_of
from app.directory.rules import Graph, LensProposal, names
from app.models.directory.asking import DirectoryLog
from ldap_sync.logs import Way


@dataclass(frozen=True, slots=True)
class ChangedAnswer:
    """A question whose answer changes, by names: who is no longer in it, who is new in it."""

    right_id: int
    right: str
    way: Way
    askers: tuple[str, ...]
    count: int
    lost: tuple[str, ...]
    gained: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RehearsedWave:
    """What the plan of a wave does to real questions, and what they say of its rights' lenses."""

    wave_id: int
    number: int
    role: str
    role_id: int
    directory_id: int
    logs: tuple[DirectoryLog, ...]
    questions: int
    same: int
    changes: tuple[ChangedAnswer, ...]
    proposals: tuple[tuple[str, LensProposal], ...]
    moved: bool

    @property
    def sentence(self) -> str:
        """Say what becomes of the answers, losses first."""
        if not self.logs:
            return said(
                "No log was read: the plan stands as it is, without this witness."
            )
        count = nsaid(
            "%(number)s question",
            "%(number)s questions",
            self.questions,
        )
        told = said(
            "%(count)s: %(same)s same answer.",
            count=count,
            same=self.same,
        )
        lost = self.lost
        more = [
            said(
                "%(people)s would lose %(right)s.",
                people=nsaid(
                    "%(number)s person",
                    "%(number)s people",
                    len(people),
                ),
                right=right,
            )
            for right, people in lost.items()
        ]
        return joined((told, *more))

    @property
    def lost(self) -> dict[str, tuple[str, ...]]:
        """Return who would lose each right in any way it is asked about, most people first."""
        found: dict[str, set[str]] = {}
        for change in self.changes:
            if change.lost:
                found.setdefault(change.right, set()).update(change.lost)
        by_count = sorted(
            found.items(),
            key=lambda item: (-len(item[1]), item[0]),
        )
        return {right: tuple(sorted(people)) for right, people in by_count}


@dataclass(frozen=True, slots=True)
class Basis:
    """What a rehearsal is worked out from, for whoever asks the same questions again."""

    graph: Graph
    people: tuple[int, ...]
    rights: frozenset[int]
    rehearsal: Rehearsal
    worlds: Worlds
    transitive: bool


def rehearsed(session: Session, wave_id: int) -> RehearsedWave:
    """Return what the plan of a wave does to the questions of the logs. Raises ``NotFound``."""
    wave = wave_alone(session, wave_id)
    directory_id = wave.role.directory_id
    basis = basis_of(session, wave_id)
    found, graph = basis.rehearsal, basis.graph
    lines = asked_of(session, directory_id)
    met = basis.rights
    about = [
        (names(graph, one.right_id), one)
        for one in proposals_of(
            session,
            directory_id,
            lines,
        )
        if one.right_id in met
    ]
    return RehearsedWave(
        wave_id=wave.id,
        number=wave.number,
        role=wave.role.name,
        role_id=wave.role_id,
        directory_id=directory_id,
        logs=tuple(logs_of(session, directory_id)),
        questions=found.questions,
        same=found.same,
        changes=tuple(_named(graph, one) for one in found.changes),
        proposals=tuple(
            sorted(
                about,
                key=lambda pair: pair[0].lower(),
            )
        ),
        moved=wave.started_at is not None,
    )


def basis_of(session: Session, wave_id: int) -> Basis:
    """Return the worlds before and after the plan of a wave, and its rehearsal."""
    wave = wave_alone(session, wave_id)
    plan, directory = plan_of(wave), wave.role.directory
    graph = load_graph(session, directory.id)
    worlds = Worlds(graph, plan)
    keys = {one.key for one in plan.people}
    people = frozenset(one.id for one in graph.people.values() if one.key in keys)
    rights = _concerned(plan_keys(plan), graph) - {worlds.role_group}
    transitive = directory.profile.get("memberof") == "transitive"
    before = answers(
        worlds.before,
        people,
        rights,
        transitive,
    )
    after = answers(
        worlds.after,
        people,
        rights,
        transitive,
    )
    lines = asked_of(session, directory.id)
    rehearsal = rehearse(lines, before, after, rights)
    return Basis(
        graph,
        tuple(people),
        rights,
        rehearsal,
        worlds,
        transitive,
    )


def plan_keys(plan: PlanDocument) -> frozenset[str]:
    """Return the keys of all rights that somebody of a plan holds, or is promised to see."""
    before = (held.key for person in plan.people for held in person.before)
    after = (seen.key for person in plan.people for seen in person.sees)
    return frozenset((*before, *after, *(right.key for right in plan.rights)))


def _concerned(keys: frozenset[str], graph: Graph) -> frozenset[int]:
    return frozenset(one.id for one in graph.rights.values() if one.key in keys)


def _named(graph: Graph, change: AnswerChange) -> ChangedAnswer:
    def people(ids: Iterable[int]) -> tuple[str, ...]:
        return tuple(sorted(graph.people[one].name for one in ids))

    return ChangedAnswer(
        right_id=change.right_id,
        right=names(graph, change.right_id),
        way=change.way,
        askers=change.askers,
        count=change.count,
        lost=people(change.lost),
        gained=people(change.gained),
    )
