"""Whether every open undo would still work: tried each night without writing, a few at a time."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.orm import Session

from app.access.undo.queries import (
    UndoPerson,
    undo_page,
    with_a_look,
)
from app.core.aside import Lane, each_row
from app.core.parts import Parts
from app.core.said import nsaid, said
from app.directory.actions import connection_of
from app.models.access.looked import UndoLook, UndoOutcome
from app.models.access.role import Role
from app.models.access.wave import Switch, Wave
from app.models.access.words import UNDOABLE
from app.models.directory import Directory
from app.models.people import Person
from ldap_sync.port import DirectoryError

STALE = timedelta(hours=20)
"""After so long an open undo is tried again."""

AT_ONCE = 50
"""So many people are looked at in one go; the rest follow at the next."""

SECONDS = 8.0
"""So long a go takes at most, so that nothing else of its kind waits for it."""


@dataclass(frozen=True, slots=True)
class UndoHealth:
    """How many open undos would go how; ``unknown`` were never tried, ``oldest`` is the oldest
    try.
    """

    clean: int = 0
    conflicts: int = 0
    impossible: int = 0
    unknown: int = 0
    oldest: datetime | None = None

    @property
    def open(self) -> int:
        """Return how many undos are open."""
        return self.clean + self.conflicts + self.impossible + self.unknown

    @property
    def sentence(self) -> str:
        """Say how the open undos would go."""
        if not self.open:
            return said("Nobody is moved, so there is nothing to take back.")
        return said(
            "Of %(open)s open undos %(clean)s are clean, %(conflicts)s meet conflicts, "
            "%(impossible)s are impossible, %(unknown)s were not tried yet.",
            open=self.open,
            clean=self.clean,
            conflicts=self.conflicts,
            impossible=self.impossible,
            unknown=self.unknown,
        )


@dataclass(frozen=True, slots=True)
class UndoHealthLine:
    """One open undo as it would go."""

    switch_id: int
    wave_id: int
    number: int
    role: str
    person_id: int
    person: str
    uid: str
    outcome: str
    conflicts: int
    why: str
    looked_at: datetime | None


def undo_health(
    session: Session,
    *,
    wave_id: int | None = None,
    role_id: int | None = None,
) -> UndoHealth:
    """Return how every open undo would go, of all waves, of one, or of those of a role."""
    rows = select(UndoLook.outcome, func.count(), func.min(UndoLook.looked_at))
    mine = _open(rows).group_by(UndoLook.outcome)
    if wave_id is not None:
        mine = mine.where(Wave.id == wave_id)
    if role_id is not None:
        mine = mine.where(Wave.role_id == role_id)
    found = session.execute(mine).all()
    counts = {outcome: count for outcome, count, _ in found}
    tried = [at for _, _, at in found if at is not None]
    return UndoHealth(
        counts.get(UndoOutcome.CLEAN, 0),
        counts.get(UndoOutcome.CONFLICTS, 0),
        counts.get(UndoOutcome.IMPOSSIBLE, 0),
        counts.get(None, 0),
        min(tried, default=None),
    )


def health_lines(
    session: Session,
    outcome: str = "",
    offset: int = 0,
    limit: int = 10_000,
) -> list[UndoHealthLine]:
    """Return open undos, the worst first; ``outcome`` narrows them."""
    columns = (
        Switch.id,
        Wave.id,
        Wave.number,
        Role.name,
        Person.id,
        Person.name,
        Person.uid,
        UndoLook.outcome,
        UndoLook.conflicts,
        UndoLook.why,
        UndoLook.looked_at,
    )
    rows = _narrowed(_open(select(*columns)), outcome)
    worst = UndoLook.outcome.desc().nulls_last()
    rows = rows.order_by(worst, Wave.id.desc(), Switch.position)
    found = session.execute(rows.offset(offset).limit(limit)).all()
    return [_line(*row) for row in found]


def count_health(session: Session, outcome: str = "") -> int:
    """Return how many open undos there are that would go so."""
    rows = _narrowed(_open(select(func.count(Switch.id))), outcome)
    return session.scalar(rows) or 0


def run_undo_looks(parts: Parts) -> bool:
    """Try open undos again that were not tried for a day, a few at a time, without writing; tell
    whether any were due.
    """
    with parts.database.read() as session:
        before = parts.now() - STALE
        due = _due(session, before)
    if not due:
        return False
    ends = time.monotonic() + SECONDS

    def look(wave_id: int) -> None:
        if time.monotonic() < ends:
            look_at_wave(parts, wave_id, due[wave_id], ends)

    each_row(parts, UNDO_LOOKS, list(due), look)
    return True


UNDO_LOOKS: Lane[int] = Lane("undo looks", "wave")


def look_at_wave(
    parts: Parts, wave_id: int, people: Sequence[int], ends: float
) -> None:
    """Try the undo of some people of a wave without writing, and keep what it would meet.

    A directory that is away is tried again at the next go: what was kept stays, with its age.
    """
    with parts.database.read() as session:
        page = undo_page(session, wave_id).only(people)
        home = session.get_one(Directory, page.directory_id)
        connection = connection_of(home, parts.trust)
        switches = _switches(session, wave_id)
    try:
        with closing(parts.open_reader(connection)) as reader:
            seen = with_a_look(page, reader, lambda: time.monotonic() < ends)
    except DirectoryError:
        return
    found = [one for one in seen.people if one.account]
    with parts.database.write() as session:
        ids = [switches[one.person_id] for one in found]
        session.execute(delete(UndoLook).where(UndoLook.switch_id.in_(ids)))
        for one in found:
            session.add(_kept(switches[one.person_id], one, parts.now()))


def _kept(switch_id: int, person: UndoPerson, now: datetime) -> UndoLook:
    outcome, why = judged(person)
    return UndoLook(
        switch_id=switch_id,
        looked_at=now,
        outcome=outcome,
        conflicts=sum(step.needs_decision for step in person.steps),
        why=why,
    )


def judged(person: UndoPerson) -> tuple[UndoOutcome, str]:
    """Return how the undo of a person that was looked at would go, and what is in the way."""
    if person.account == "left":
        return UndoOutcome.CLEAN, said("Has left: the role goes, nothing is granted.")
    gone = [step.right for step in person.steps if step.gives and step.found == "gone"]
    if gone:
        names = ", ".join(gone)
        told = said("Could not come back into %(names)s: gone.", names=names)
        return UndoOutcome.IMPOSSIBLE, told
    open_ones = [step.right for step in person.steps if step.needs_decision]
    if open_ones:
        count = nsaid("%(number)s value", "%(number)s values", len(open_ones))
        told = said(
            "%(count)s to decide: %(names)s.",
            count=count,
            names=", ".join(open_ones),
        )
        return UndoOutcome.CONFLICTS, told
    return UndoOutcome.CLEAN, ""


def _open(
    rows: Select[*tuple[Any, ...]],
) -> Select[*tuple[Any, ...]]:
    return (
        rows.select_from(Switch)
        .join(Wave, Wave.id == Switch.wave_id)
        .join(Role, Role.id == Wave.role_id)
        .join(Person, Person.id == Switch.person_id)
        .outerjoin(UndoLook, UndoLook.switch_id == Switch.id)
        .where(Switch.state.in_(UNDOABLE))
    )


def _narrowed(rows: Select[*tuple[Any, ...]], outcome: str) -> Select[*tuple[Any, ...]]:
    if outcome == "unknown":
        return rows.where(UndoLook.id.is_(None))
    if outcome in list(UndoOutcome):
        return rows.where(UndoLook.outcome == UndoOutcome(outcome))
    return rows


def _line(*row: Any) -> UndoHealthLine:
    switch, wave, number, role, person, name, uid, *look = row
    outcome, conflicts, why, looked_at = look
    return UndoHealthLine(
        switch_id=switch,
        wave_id=wave,
        number=number,
        role=role,
        person_id=person,
        person=name,
        uid=uid,
        outcome=outcome.value if outcome else "unknown",
        conflicts=conflicts or 0,
        why=why or "",
        looked_at=looked_at,
    )


def _due(session: Session, before: datetime) -> Mapping[int, list[int]]:
    """Return whom to look at next, by their wave: the oldest look first."""
    rows = _open(select(Wave.id, Switch.person_id))
    late = or_(UndoLook.id.is_(None), UndoLook.looked_at < before)
    oldest = UndoLook.looked_at.asc().nulls_first()
    found: dict[int, list[int]] = defaultdict(list)
    for wave_id, person_id in session.execute(
        rows.where(late).order_by(oldest, Switch.id).limit(AT_ONCE)
    ):
        found[wave_id].append(person_id)
    return found


def _switches(session: Session, wave_id: int) -> Mapping[int, int]:
    rows = select(Switch.person_id, Switch.id).where(Switch.wave_id == wave_id)
    return dict(session.execute(rows).all())


def look_at_all(parts: Parts) -> None:
    """Try every open undo now, without writing, however long it takes."""
    with parts.database.read() as session:
        rows = _open(select(Wave.id, Switch.person_id))
        found: dict[int, list[int]] = defaultdict(list)
        for wave_id, person_id in session.execute(rows):
            found[wave_id].append(person_id)
    for wave_id, people in found.items():
        look_at_wave(parts, wave_id, people, math.inf)
