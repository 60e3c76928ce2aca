"""The ladder of a role: how many people each rung takes, and in which order they come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import Invalid
from app.core.said import nsaid, said

USUAL = (1, 1, 3, 10)
"""A joiner, one who works already, three, ten; then the rest."""
MOST_RUNGS = 12
LARGEST = 100_000
SPARE = 10
"""So many people who could come instead are offered beside those who come next."""


class RungNow(StrEnum):
    """How one rung of a ladder stands."""

    DONE = "done"
    RUNNING = "running"
    COMING = "coming"


class GateMode(StrEnum):
    """What the gate of a role does with a line that is not met."""

    AS_INSTALLED = "installation"
    REPORTS = "report"
    STOPS = "stop"


GATES: Mapping[GateMode, bool | None] = {
    GateMode.AS_INSTALLED: None,
    GateMode.REPORTS: False,
    GateMode.STOPS: True,
}
"""Whether the gate of a role refuses, by its mode; None: as the setting ``gate_stops`` says."""


def gate_mode(stops: bool | None) -> GateMode:
    """Return the mode that is kept as ``stops``."""
    return next(mode for mode, kept in GATES.items() if kept is stops)


@dataclass(frozen=True, slots=True)
class RoleRung:
    """One rung: how many people it takes (None: the rest), how it stands, and its wave once there
    is one; ``version`` is the version of the role that a wave brought to who was in it.
    """

    number: int
    size: int | None
    stands: RungNow
    wave_id: int | None = None
    wave: int | None = None
    people: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True)
class ClimbedWave:
    """A wave of a role that is a rung: its people, whether it was decided, and whether that led on
    to more; the version that it brings to who is in the role, 0 where it moves people into it.
    """

    id: int
    number: int
    people: int
    decided: bool
    onward: bool
    version: int = 0


def sizes_of(kept: Sequence[int]) -> tuple[int, ...]:
    """Return the sizes of a ladder; where nobody said any, the usual ones."""
    return tuple(kept) or USUAL


def sizes_in(text: str) -> tuple[int, ...]:
    """Return the sizes written like ``1,1,3,10``. Raises ``Invalid`` at ``sizes``."""
    parts = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
    wrong = [part for part in parts if not (part.isascii() and part.isdigit())]
    if wrong or not parts:
        raise Invalid(
            said("Write how many people each rung takes, like 1,1,3,10."), field="sizes"
        )
    sizes = tuple(int(part) for part in parts if len(part) < len(str(LARGEST)) + 1)
    if len(sizes) < len(parts) or not all(0 < size <= LARGEST for size in sizes):
        raise Invalid(
            said("A rung takes between 1 and %(most)s people.", most=LARGEST),
            field="sizes",
        )
    if len(sizes) > MOST_RUNGS:
        raise Invalid(
            said("A ladder has at most %(most)s rungs.", most=MOST_RUNGS), field="sizes"
        )
    return sizes


def ladder(sizes: Sequence[int], waves: Iterable[ClimbedWave]) -> tuple[RoleRung, ...]:
    """Return the rungs of a role from the ground up. Only a decision to go on leads to the next
    one: a wave that was held, adapted or taken back leaves the role on its rung. A new version is a
    rung of its own, which takes none of the sizes.
    """
    known = list(waves)
    done = [wave for wave in known if wave.onward]
    going = next((wave for wave in known if not wave.decided), None)
    climbed = [(wave, RungNow.DONE) for wave in done]
    if going is not None:
        climbed.append((going, RungNow.RUNNING))
    taken, rungs = 0, []
    for number, (wave, stands) in enumerate(climbed, 1):
        size = None if wave.version else _size(sizes, taken)
        taken += not wave.version
        rungs.append(_rung(number, size, stands, wave))
    coming = max(len(sizes) + 1 - taken, going is None)
    for number in range(coming):
        stands = RungNow.COMING if number or going else RungNow.RUNNING
        size = _size(sizes, taken + number)
        rungs.append(RoleRung(len(rungs) + 1, size, stands))
    return tuple(rungs)


def _size(sizes: Sequence[int], place: int) -> int | None:
    return sizes[place] if place < len(sizes) else None


def _rung(
    number: int, size: int | None, stands: RungNow, wave: ClimbedWave
) -> RoleRung:
    place = wave.id, wave.number, wave.people, wave.version
    return RoleRung(number, size, stands, *place)


def many(size: int | None) -> str:
    """Say how many people a rung takes."""
    if size is None:
        return said("the rest")
    return nsaid("%(number)s person", "%(number)s people", size)
