"""Where a wave and its people stand, as the rows say now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.access.wave import Switch, Wave
from app.models.access.words import SwitchState, WaveState


@dataclass(frozen=True, slots=True)
class WaveStanding:
    """Where a wave and its people stand, in the order of the plan."""

    wave: WaveState
    people: dict[int, SwitchState]
    paused: frozenset[int] = frozenset()

    @property
    def resting(self) -> frozenset[int]:
        """Return who is paused before the wave came to them: it passes them by."""
        at_rest = {*self.those((SwitchState.APPROVED,))}
        return self.paused & at_rest

    def going(self, states: Iterable[SwitchState]) -> list[int]:
        """Return the switches in one of these states that are not resting."""
        resting = self.resting
        return [one for one in self.those(states) if one not in resting]

    def those(self, states: Iterable[SwitchState]) -> list[int]:
        """Return the switches that stand in one of these states."""
        return [
            switch_id for switch_id, state in self.people.items() if state in states
        ]


def standing_of(session: Session, wave_id: int) -> WaveStanding:
    """Return where a wave and its people stand now."""
    columns = Switch.id, Switch.state, Switch.paused_at
    people = select(*columns).where(Switch.wave_id == wave_id)
    wave = session.execute(select(Wave.state).where(Wave.id == wave_id)).scalar_one()
    rows = session.execute(people.order_by(Switch.position)).all()
    return WaveStanding(
        wave,
        {row.id: row.state for row in rows},
        frozenset(row.id for row in rows if row.paused_at),
    )
