"""How much support a change has among those with power, who is close and who is watched, and how
long a sponsor has not been heard.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from app.core.said import nsaid, said
from app.models.sponsors.words import Stance

FRESH = timedelta(days=30)
QUIET_AFTER = timedelta(days=14)
SILENT_AFTER = timedelta(days=30)
LEVELS = (3, 2, 1)
"""Power and interest from high to low."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """One person or group: power (1–3), where they stand, where they should stand, when that was
    last assessed.
    """

    power: int
    stance: Stance
    desired: Stance = Stance.SUPPORTIVE
    assessed: date | None = None


@dataclass(frozen=True, slots=True)
class Support:
    """The power of those for it, against it, and of all; how many stand lower than needed; the
    power of those who were assessed lately.
    """

    pro: int
    contra: int
    power: int
    gaps: int
    fresh: int

    @property
    def index(self) -> float:
        """Return the index, from -100 to 100."""
        return 100 * (self.pro - self.contra) / self.power

    @property
    def text(self) -> str:
        """Return the index with its sign."""
        return signed(round(self.index))

    @property
    def coverage(self) -> float:
        """Return the share (0–1) of power that was assessed lately."""
        return self.fresh / self.power

    @property
    def arithmetic(self) -> str:
        """Return the sum that leads to the index."""
        return said(
            "100 × (%(pro)s power for it − %(contra)s against it) ÷ %(power)s in all = %(index)s",
            pro=self.pro,
            contra=self.contra,
            power=self.power,
            index=self.text,
        )


def signed(number: int) -> str:
    """Return a whole number with its sign, a true minus; nothing before a zero."""
    if not number:
        return "0"
    return f"+{number}" if number > 0 else f"−{-number}"


def support(stakeholders: Sequence[Weighed], today: date) -> Support | None:
    """Weigh supporters against resisters by power; the unaware count in the denominator.

    None without power.
    """
    power = sum(holder.power for holder in stakeholders)
    if not power:
        return None
    return Support(
        pro=_power(stakeholders, Stance.SUPPORTIVE, Stance.LEADING),
        contra=_power(stakeholders, Stance.RESISTANT),
        power=power,
        gaps=sum(one.stance.level < one.desired.level for one in stakeholders),
        fresh=sum(one.power for one in stakeholders if _is_fresh(one, today)),
    )


def _power(stakeholders: Iterable[Weighed], *stances: Stance) -> int:
    return sum(one.power for one in stakeholders if one.stance in stances)


def _is_fresh(holder: Weighed, today: date) -> bool:
    return holder.assessed is not None and today - holder.assessed <= FRESH


@dataclass(frozen=True, slots=True)
class Known:
    """A stakeholder over time: since when on the list, and where they stood from which day on."""

    power: int
    desired: Stance
    since: date
    stood: tuple[tuple[date, Stance], ...]

    def on(self, day: date) -> Weighed | None:
        """Return where they stood on a day; None before they were on the list."""
        past = [(when, stance) for when, stance in self.stood if when <= day]
        if not past and self.since > day:
            return None
        when, stance = max(past, default=(None, Stance.UNAWARE), key=lambda one: one[0])
        return Weighed(self.power, stance, self.desired, when)


def over_time(known: Sequence[Known], today: date) -> list[tuple[date, Support]]:
    """Return the support of each day on which somebody was assessed, and of today."""
    days = {day for one in known for day, _stance in one.stood if day <= today}
    found = []
    for day in sorted(days | {today}):
        weighed = [one for each in known if (one := each.on(day))]
        if (there := support(weighed, day)) is not None:
            found.append((day, there))
    return found


def corner(power: int, interest: int) -> str:
    """Return what to do with somebody of this power (1–3) and interest (1–3)."""
    strong, keen = power > 1, interest > 1
    if strong and keen:
        return said("work with them closely")
    if strong:
        return said("keep them content")
    return said("keep them informed") if keen else said("keep an eye on them")


@dataclass(frozen=True, slots=True)
class SponsorClock:
    """How long a sponsor has not been heard; ``heard`` is the last day, or None for never."""

    heard: date | None
    since: date
    today: date

    @property
    def silent_for(self) -> timedelta:
        """Return how long it is: since they were heard, else since they are on the list."""
        return self.today - (self.heard or self.since)

    @property
    def is_quiet(self) -> bool:
        """Tell whether it is time to ask."""
        return self.silent_for > QUIET_AFTER

    @property
    def is_silent(self) -> bool:
        """Tell whether it is too long."""
        return self.silent_for > SILENT_AFTER

    @property
    def words(self) -> str:
        """Say how long ago it was."""
        days = max(self.silent_for.days, 0)
        if self.heard is None:
            return nsaid(
                "never heard in %(number)s day", "never heard in %(number)s days", days
            )
        if not days:
            return said("heard today")
        return nsaid(
            "last heard %(number)s day ago", "last heard %(number)s days ago", days
        )
