"""What a worker was sent to do, and whether that is still what is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select

from app.access.document import PlanDocument, PlannedPerson
from app.core.acting import Acting
from app.core.errors import Refused
from app.directory.queries import current_freeze
from app.models.access.wave import Switch, Wave
from app.models.access.words import SwitchState, WaveState


class Frozen(Refused):
    """All writing is stopped; what was begun goes on when the freeze is lifted."""


class Turned(Exception):
    """Somebody asked for something else meanwhile (an undo): look again at what is to be done."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What a worker was sent to do: one wave with its plan, and in whose name it is noted."""

    wave_id: int
    number: int
    role_id: int
    role: str
    directory_id: int
    plan: PlanDocument
    by: str

    @property
    def subject(self) -> str:
        """Return what the audit trail calls the wave."""
        return f"wave:{self.wave_id}"

    @property
    def wave(self) -> str:
        """Return how the wave is called in a sentence."""
        return f"wave {self.number} of {self.role}"

    @property
    def is_single(self) -> bool:
        """Tell whether rights are given and taken one by one: nothing has to soak then."""
        return bool(self.plan.single)

    @property
    def brings_version(self) -> bool:
        """Tell whether everybody in the role gets its newest version, links and all."""
        return bool(self.plan.versions)

    def part_of(self, switch: Switch) -> PlannedPerson:
        """Return a person's part of the plan."""
        return self.plan.part_of(switch.person.key)


@dataclass(frozen=True, slots=True)
class Orders:
    """What the runner believes it was asked to do; when the rows say otherwise it stops before the
    next window of packets.

    ``people`` says where each switch of the batch stands meanwhile.
    """

    wave: WaveState
    people: Mapping[int, SwitchState] = field(default_factory=dict)


def demand(act: Acting, errand: Errand, orders: Orders) -> None:
    """Raise ``Frozen`` or ``Turned`` when this is no longer what the rows ask for."""
    session, frozen = act.session, current_freeze(act.session)
    if frozen is not None:
        raise Frozen(frozen.told(act.settings.timezone))
    if (
        session.scalar(select(Wave.state).where(Wave.id == errand.wave_id))
        is not orders.wave
    ):
        raise Turned
    here = select(Switch.id, Switch.state).where(Switch.id.in_(orders.people))
    if {**orders.people} != dict(session.execute(here).all()):
        raise Turned
