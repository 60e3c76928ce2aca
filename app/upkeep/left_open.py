"""Who was moved in the directory as far as a database knows: compared before and after a
restore.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models.access.role import Role
from app.models.access.wave import Step, Switch, Wave
from app.models.access.words import HOLDING, SETTLED_SWITCHES, StepState
from app.models.people import Person

UNSURE = (StepState.INTENT, StepState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Moved:
    """One person who holds a role, wholly or in part, through a wave; ``unsure``: steps whose
    outcome is not known.
    """

    person: str
    role: str
    wave: int
    wave_id: int
    plan_hash: str
    state: str
    settled: bool
    unsure: int = 0

    @property
    def identity(self) -> tuple[str, str]:
        """Return what tells this move from others in any copy of the database."""
        return self.plan_hash, self.person

    @property
    def sentence(self) -> str:
        """Say who, where and how it stands."""
        steps = "step" if self.unsure == 1 else "steps"
        unsure = (
            f", {self.unsure} {steps} without a known outcome" if self.unsure else ""
        )
        return f"{self.person}, wave {self.wave} of {self.role}: {self.state}{unsure}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a restored database holds open, and what only the one before it knew."""

    open: list[Moved]
    forgotten: list[Moved]
    ended: list[Moved]

    def lines(self, plans: Path) -> list[str]:
        """Say it; ``plans`` is where the LDIF of the database before is kept."""
        said = []
        if self.forgotten:
            said.append(
                "ATTENTION: moved in the directory after this backup, and not known any more:"
            )
            said += [
                f"  {each.sentence}. Back by hand: {reverse_ldif(plans, each)}"
                for each in self.forgotten
            ]
        if self.ended:
            said.append(
                "Open in this backup, but confirmed or taken back since; read the directory "
                "before an undo:"
            )
            said += [f"  {each.sentence}" for each in self.ended]
        if self.open:
            said.append("Open now:")
            said += [f"  {each.sentence}" for each in self.open]
        return said


def reverse_ldif(plans: Path, moved: Moved) -> Path:
    """Return the LDIF that takes a wave back without Rung."""
    return plans / f"wave-{moved.wave_id}-reverse.ldif"


def moved(session: Session) -> list[Moved]:
    """Return everybody who holds a role, wholly or in part, or of whom a step is undecided."""
    unsure: dict[int, int] = {}
    for switch_id in session.scalars(
        select(Step.switch_id).where(Step.state.in_(UNSURE))
    ):
        if switch_id is not None:
            unsure[switch_id] = unsure.get(switch_id, 0) + 1
    found = session.execute(
        select(Switch.id, Switch.state, Wave, Role.name, Person.name, Person.uid)
        .join(Wave, Switch.wave_id == Wave.id)
        .join(Role, Wave.role_id == Role.id)
        .join(Person, Switch.person_id == Person.id)
        .order_by(Wave.id, Switch.position)
    )
    return [
        Moved(
            person=f"{name} ({uid})",
            role=role,
            wave=wave.number,
            wave_id=wave.id,
            plan_hash=wave.plan_hash,
            state=state.value,
            settled=state in SETTLED_SWITCHES,
            unsure=unsure.get(number, 0),
        )
        for number, state, wave, role, name, uid in found
        if state in HOLDING or number in unsure
    ]


def compared(before: list[Moved], after: list[Moved]) -> Comparison:
    """Compare the moves that the database before a restore knew with those the restored one
    knows.
    """
    known = {each.identity for each in after}
    still_open = {each.identity for each in before if not each.settled}
    open_now = [each for each in after if not each.settled]
    return Comparison(
        open=open_now,
        forgotten=[each for each in before if each.identity not in known],
        ended=[each for each in open_now if before and each.identity not in still_open],
    )
