"""What taking a role back from everybody would do: wave by wave, the newest first, looked at live
as far as time allows and else as the nightly look left it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.queries import load_role
from app.access.undo.health import judged
from app.access.undo.queries import UndoPage, UndoStep, undo_page, with_a_look
from app.access.undo.whole import (
    armed_waves,
    open_role_undo,
    people_elsewhere,
    waves_to_undo,
)
from app.models.access.looked import UndoLook
from app.models.access.wave import Switch, Wave
from app.models.access.whole import RoleUndo
from app.models.access.words import SwitchState
from ldap_sync.port import ReadDirectory


@dataclass(frozen=True, slots=True)
class WaveBack:
    """One wave in its turn; ``kept`` is how the undo of each person would go as last tried."""

    page: UndoPage
    kept: Mapping[int, str]

    @property
    def people(self) -> int:
        """Return how many people are taken back."""
        return len(self.page.people)

    @property
    def outcomes(self) -> Mapping[str, int]:
        """Count how the undo of its people would go: ``clean``, ``conflicts``, ``impossible``, or
        ``unknown`` where nobody looked.
        """
        return Counter(
            judged(person)[0].value
            if person.account
            else self.kept.get(person.person_id, "unknown")
            for person in self.page.people
        )


@dataclass(frozen=True, slots=True)
class RoleUndoPage:
    """A role that may be taken back from everybody; ``running`` is since when it is, if it is.

    ``armed`` waves would be disarmed; ``passed`` says who would be passed by, and why.
    """

    role_id: int
    role: str
    directory_id: int
    waves: tuple[WaveBack, ...]
    armed: int
    passed: tuple[str, ...]
    running: datetime | None = None

    @property
    def people(self) -> int:
        """Return how many people are taken back."""
        everybody = {
            person.person_id for wave in self.waves for person in wave.page.people
        }
        return len(everybody)

    @property
    def outcomes(self) -> Mapping[str, int]:
        """Count how the undos would go, over all waves."""
        return sum((Counter(wave.outcomes) for wave in self.waves), Counter[str]())

    @property
    def kinds(self) -> tuple[tuple[str, tuple[UndoStep, ...]], ...]:
        """Return the values somebody has to decide on by their kind, over all waves."""
        found: dict[str, list[UndoStep]] = defaultdict(list)
        for wave in self.waves:
            for step in wave.page.decisions:
                found[step.kind].append(step)
        return tuple((kind, tuple(steps)) for kind, steps in sorted(found.items()))


def role_undo_page(session: Session, role_id: int) -> RoleUndoPage:
    """Return what the journal knows of taking a role back. Raises ``NotFound``."""
    role, asked = load_role(session, role_id), open_role_undo(session, role_id)
    waves = waves_to_undo(session, role_id)
    return RoleUndoPage(
        role_id=role.id,
        role=role.name,
        directory_id=role.directory_id,
        waves=tuple(
            WaveBack(undo_page(session, wave_id), _kept(session, wave_id))
            for wave_id in waves
        ),
        armed=len(armed_waves(session, role_id)),
        passed=tuple(people_elsewhere(session, waves).values()),
        running=asked.asked_at if asked else None,
    )


def with_looks(
    page: RoleUndoPage, directory: ReadDirectory, go_on: Callable[[], bool]
) -> RoleUndoPage:
    """Return the page with what stands in the directory now, as far as ``go_on`` allows.

    Raises ``DirectoryError``.
    """
    waves = tuple(
        replace(wave, page=with_a_look(wave.page, directory, go_on))
        for wave in page.waves
    )
    return replace(page, waves=waves)


def _kept(session: Session, wave_id: int) -> dict[int, str]:
    rows = select(Switch.person_id, UndoLook.outcome).join(
        UndoLook, UndoLook.switch_id == Switch.id
    )
    found = session.execute(rows.where(Switch.wave_id == wave_id))
    return {person: outcome.value for person, outcome in found}


@dataclass(frozen=True, slots=True)
class RoleUndoOutcome:
    """What came of taking a role back: how many people are ``back``, and who is not, with why."""

    back: int
    under_way: int
    conflicts: tuple[str, ...]
    passed: tuple[str, ...]


def outcome_of(session: Session, asked: RoleUndo) -> RoleUndoOutcome:
    """Return how far a role was taken back."""
    mine = Switch.wave_id == Wave.id, Wave.role_id == asked.role_id
    since = Switch.undone_at >= asked.asked_at, Switch.started_at.is_not(None)
    back = select(func.count(Switch.person_id.distinct())).where(
        *mine, *since, Switch.state == SwitchState.UNDONE
    )
    going = select(func.count()).where(*mine, Switch.state == SwitchState.UNDOING)
    stuck = select(Switch.reason).where(*mine, Switch.state == SwitchState.CONFLICT)
    return RoleUndoOutcome(
        back=session.scalar(back) or 0,
        under_way=session.scalar(going) or 0,
        conflicts=tuple(session.scalars(stuck.order_by(Switch.id))),
        passed=tuple(asked.passed),
    )


def newest_role_undo(session: Session, role_id: int) -> RoleUndo | None:
    """Return the last time a role was taken back, over or not."""
    rows = select(RoleUndo).where(RoleUndo.role_id == role_id)
    return session.scalars(rows.order_by(RoleUndo.id.desc()).limit(1)).first()
