"""How much support a change has among those with power, and how many of them were asked lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

FRESH = timedelta(days=30)


class Stance(IntEnum):
    """Levels of engagement after PMI, in the order of growing support."""

    UNAWARE = 0
    RESISTANT = 1
    NEUTRAL = 2
    SUPPORTIVE = 3
    LEADING = 4


@dataclass(frozen=True, slots=True)
class Stakeholder:
    """One person or group: power (1–3), where they stand, where they should stand, when that was
    last assessed.
    """

    power: int
    stance: Stance
    desired: Stance = Stance.SUPPORTIVE
    assessed: date | None = None


@dataclass(frozen=True, slots=True)
class Support:
    """The index from -100 to 100, how many stand lower than needed, and the share (0–1) of power
    assessed lately.
    """

    index: float
    gaps: int
    coverage: float


def support(stakeholders: Sequence[Stakeholder], today: date) -> Support | None:
    """Weigh supporters against resisters by power; the unaware count in the denominator.

    None without power.
    """
    power = sum(holder.power for holder in stakeholders)
    if not power:
        return None
    pro = sum(
        holder.power for holder in stakeholders if holder.stance >= Stance.SUPPORTIVE
    )
    contra = sum(
        holder.power for holder in stakeholders if holder.stance is Stance.RESISTANT
    )
    fresh = sum(holder.power for holder in stakeholders if _is_fresh(holder, today))
    gaps = sum(holder.stance < holder.desired for holder in stakeholders)
    return Support(100 * (pro - contra) / power, gaps, fresh / power)


def _is_fresh(holder: Stakeholder, today: date) -> bool:
    return holder.assessed is not None and today - holder.assessed <= FRESH
