"""The lines and figures that the page of a wave is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from app.access.document import UNDONE, LensSeen, PersonSeen, PlannedPerson
from app.access.queries import looks_at
from app.access.rules import could_not
from app.access.states import PersonEvent, person_may
from app.models.access.wave import Switch
from app.models.access.words import UNDOABLE, SwitchState


def behind(switch: Switch) -> list[str]:
    """Return where memberOf had not followed an undo when it was over."""
    undone = after_undo(switch)
    return list(undone.memberof or ()) if undone else []


def after_undo(switch: Switch) -> PersonSeen | None:
    """Return what was seen when the undo was over, while it is."""
    undone = [look for look in looks_at(switch) if look.when == UNDONE]
    over = switch.state in (SwitchState.UNDONE, SwitchState.FAILED)
    return undone[-1] if undone and over else None


@dataclass(frozen=True, slots=True)
class WaveTold:
    """The same loss, gain or exception of one or several people; ``how`` as the plan says it."""

    right: str
    people: tuple[str, ...]
    how: str = ""
    by: str = ""
    reason: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class StepProof:
    """The arithmetic of one person: what was held before is covered, kept, an exception or an
    accepted loss.
    """

    before: int
    covered: int
    kept: int
    exceptions: int
    losses: int
    holds: bool


@dataclass(frozen=True, slots=True)
class WaveProgress:
    """How many steps are done of how many."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Stuck:
    """A step back that others or the server stand in the way of."""

    sentence: str
    text: str

    @property
    def told(self) -> str:
        """Say what could not be done, and why."""
        return could_not(self.sentence, self.text)


@dataclass(frozen=True, slots=True)
class PersonPart:
    """One person of a wave: the part of the plan as it was made, and where the switch stands."""

    person_id: int
    name: str
    uid: str
    state: str
    reason: str
    plan: PlannedPerson | None
    proof: StepProof | None
    forward: WaveProgress
    back: WaveProgress
    lenses: tuple[LensSeen, ...]
    verified_at: datetime | None
    others: tuple[str, ...]
    memberof: tuple[str, ...]
    stuck: tuple[Stuck, ...]
    switched_at: datetime | None
    confirmed_by: str
    undone_by: str
    undo_seconds: float | None
    paused_by: str
    paused_at: datetime | None
    paused_why: str

    @property
    def is_soaking(self) -> bool:
        """Tell whether the person waits to be confirmed."""
        return self.state == SwitchState.SOAKING and self.paused_at is None

    @property
    def can_pause(self) -> bool:
        """Tell whether the person can be let go no further."""
        may = person_may(SwitchState(self.state), PersonEvent.PAUSE)
        return may and self.paused_at is None

    @property
    def doubtful(self) -> bool:
        """Tell whether something promised was not seen, or something taken away still is."""
        return any(line.missing or line.still_shown for line in self.lenses)

    @property
    def is_undoable(self) -> bool:
        """Tell whether the person can be taken back down."""
        return self.state in UNDOABLE


@dataclass(frozen=True, slots=True)
class LimitLine:
    """One limit with its arithmetic."""

    text: str
    over: bool


@dataclass(frozen=True, slots=True)
class Blind:
    """What the simulation could not see: when the directory was read, lenses nobody knows, lenses
    somebody stated.
    """

    read_at: datetime | None
    unknown: tuple[str, ...]
    stated: tuple[tuple[str, str, str], ...]
