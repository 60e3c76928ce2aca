"""How many of how many have something, use it, say that it works, went back; unknown stays so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from app.core.figures import share_of
from app.core.said import said
from app.improvements.statistics.proportions import Proportion, proportion
from app.sponsors.pulses.anonymity import K, releasable

RECENT = timedelta(days=28)
LEAST = K
"""Parts of fewer people are shown together: nobody stands in a table of one."""


@dataclass(
    frozen=True,
    slots=True,
)
class Adopter:
    """What is known of one person who was asked to change something.

    ``works`` and ``last_used`` are None where nobody knows; ``waited`` are the days from having it
    until it was seen to work. ``mailed`` is when a mail asked, ``acted`` when anything was done.
    """

    ready: bool = False
    had: bool = False
    has: bool = False
    back: bool = False
    works: bool | None = None
    last_used: date | None = None
    waited: int | None = None
    mailed: date | None = None
    acted: date | None = None
    site: str = ""
    department: str = ""
    kept_apart: int = 0

    @property
    def followed(self) -> bool:
        """Tell whether anything was done on the day of the mail or after it."""
        return self.mailed is not None and (self.acted or date.min) >= self.mailed


@dataclass(
    frozen=True,
    slots=True,
)
class KnownShare:
    """How many of how many, of which some are not known: so it lies between two numbers."""

    part: int
    unknown: int
    whole: int

    @property
    def most(self) -> int:
        """How many it would be if all of whom nobody knows did so."""
        return self.part + self.unknown

    @property
    def short(self) -> str:
        """Say n of N in few signs, or between which two numbers it lies."""
        if not self.whole:
            return "–"
        if not self.unknown:
            return share_of(self.part, self.whole)
        return said(
            "%(part)s to %(most)s of %(whole)s",
            part=self.part,
            most=self.most,
            whole=self.whole,
        )

    @property
    def text(self) -> str:
        """Say n of N, and up to what where some are not known."""
        known = share_of(
            self.part,
            self.whole,
        )
        if not self.unknown:
            return known
        return said(
            "%(known)s; up to %(most)s, of %(unknown)s nobody knows",
            known=known,
            most=share_of(
                self.most,
                self.whole,
            ),
            unknown=self.unknown,
        )


@dataclass(
    frozen=True,
    slots=True,
)
class AdoptionCount:
    """Adoption of some people, each figure with what it is a share of."""

    name: str
    eligible: int
    asked: int
    ready: int
    had: int
    has: int
    back: int
    used: KnownShare
    works: KnownShare
    says: Proportion | None
    waited: float | None
    mailed: int
    followed: int
    kept_apart: int

    @property
    def migrated(self) -> KnownShare:
        """Who has it, of all it is for."""
        return KnownShare(
            self.has,
            0,
            max(
                self.eligible,
                self.asked,
            ),
        )

    @property
    def went_back(self) -> KnownShare:
        """Who went back, of all who ever had it."""
        return KnownShare(
            self.back,
            0,
            self.had,
        )

    @property
    def after_mail(self) -> KnownShare:
        """Who did anything after the mail, of all it was sent to."""
        return KnownShare(
            self.followed,
            0,
            self.mailed,
        )


def adoption_count(
    people: Sequence[Adopter], today: date, *, name: str = "", eligible: int = 0
) -> AdoptionCount:
    """Count some people; who is not known is counted as unknown and never as no."""
    having = [one for one in people if one.has]
    heard = [one for one in having if one.last_used is not None]
    used = sum(today - (one.last_used or date.min) <= RECENT for one in heard)
    answered = [one.works for one in having if one.works is not None]
    waited = [one.waited for one in people if one.waited is not None]
    return AdoptionCount(
        name=name,
        eligible=eligible,
        asked=len(people),
        ready=sum(one.ready for one in people),
        had=sum(one.had for one in people),
        has=len(having),
        back=sum(one.back for one in people),
        used=KnownShare(
            used,
            len(having) - len(heard),
            len(having),
        ),
        works=KnownShare(
            sum(answered),
            len(having) - len(answered),
            len(having),
        ),
        says=proportion(
            sum(answered),
            len(answered),
        ),
        waited=median(waited) if waited else None,
        mailed=sum(one.mailed is not None for one in people),
        followed=sum(one.followed for one in people),
        kept_apart=sum(one.kept_apart for one in people),
    )


def adoption_parts(
    people: Iterable[Adopter], today: date, named: Callable[[Adopter], str], rest: str
) -> tuple[AdoptionCount, ...]:
    """Return the parts of at least five people, the largest first; smaller ones are one together,
    called ``rest``, which is not smaller either.
    """
    parts: dict[str, list[Adopter]] = defaultdict(list)
    for one in people:
        parts[named(one)].append(one)
    large = releasable({name: len(some) for name, some in parts.items()}, LEAST)
    large -= {""}
    found = [
        adoption_count(
            parts[name],
            today,
            name=name,
        )
        for name in large
    ]
    found.sort(key=lambda part: (-part.asked, part.name))
    small = [one for name, some in parts.items() if name not in large for one in some]
    if small and found:
        found.append(
            adoption_count(
                small,
                today,
                name=rest,
            )
        )
    return tuple(found)
