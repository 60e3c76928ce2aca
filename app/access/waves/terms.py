"""What is said when a wave is armed: how long its first person is watched, and what stops it. Each
rule is told with its arithmetic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from app.core.said import digits, said


class CanaryWait(StrEnum):
    """What the others wait for once the first person is moved."""

    NOTHING = "nothing"
    SEEN = "seen"
    HOURS = "hours"


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms under which a wave was armed.

    ``hours``: how many the first person is watched, where time is what is waited for. The wave
    stops at ``failed`` people who could not be moved, at ``drift`` differences by another hand, at
    a share ``undone`` (0–1) of those moved, and with ``incidents`` when more come in than chance
    brings. ``office``: only within office hours. ``undo``: whoever was moved is taken back then.
    """

    canary: str = CanaryWait.SEEN
    hours: float = 24.0
    failed: int = 2
    drift: int = 1
    undone: float = 0.2
    incidents: bool = True
    office: bool = False
    undo: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the terms as the table keeps them."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return the terms that the table keeps; what is not there is as usual."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in kept.items() if name in known})


@dataclass(frozen=True, slots=True)
class WaveCourse:
    """How a wave went so far: its people, who was moved, could not be moved, was taken back;
    differences by another hand; and the incidents of those moved within ``days`` of all of them
    together, how many were ``expected``, and whether chance explains them (``too_many``: it does
    not).
    """

    people: int
    moved: int
    failed: int
    undone: int
    drift: int
    incidents: int = 0
    days: float = 0.0
    expected: float = 0.0
    too_many: bool = False


@dataclass(frozen=True, slots=True)
class StopRule:
    """One rule with its arithmetic, and whether it stops the wave now."""

    sentence: str
    stops: bool


def stop_rules(terms: Terms, course: WaveCourse) -> tuple[StopRule, ...]:
    """Return every rule of the terms as it stands."""
    return (
        _failed(terms, course),
        _drift(terms, course),
        _undone(terms, course),
        *([_incidents(course)] if terms.incidents else ()),
    )


def why_stopped(terms: Terms, course: WaveCourse) -> str:
    """Return the arithmetic of the rules that stop a wave now, or nothing."""
    fired = [rule.sentence for rule in stop_rules(terms, course) if rule.stops]
    return " ".join(fired)


def canary_is_over(
    terms: Terms,
    switched_at: datetime,
    *,
    seen: bool,
    now: datetime,
) -> bool:
    """Tell whether the others may follow whoever was moved first, at ``switched_at``."""
    if seen or terms.canary == CanaryWait.NOTHING:
        return True
    watched = now - switched_at
    return terms.canary == CanaryWait.HOURS and watched >= timedelta(hours=terms.hours)


def _failed(terms: Terms, course: WaveCourse) -> StopRule:
    sentence = said(
        "%(failed)s of %(people)s could not be moved; stops at %(most)s.",
        failed=course.failed,
        people=course.people,
        most=terms.failed,
    )
    return StopRule(sentence, course.failed >= terms.failed)


def _drift(terms: Terms, course: WaveCourse) -> StopRule:
    sentence = said(
        "%(drift)s differences by another hand; stops at %(most)s.",
        drift=course.drift,
        most=terms.drift,
    )
    return StopRule(sentence, course.drift >= terms.drift)


def _undone(terms: Terms, course: WaveCourse) -> StopRule:
    begun = course.moved + course.undone
    share = course.undone / begun if begun else 0.0
    sentence = said(
        "%(undone)s of %(begun)s moved were taken back, %(share)s; stops above %(most)s.",
        undone=course.undone,
        begun=begun,
        share=digits(f"{share:.0%}"),
        most=digits(f"{terms.undone:.0%}"),
    )
    return StopRule(sentence, share > terms.undone)


def _incidents(course: WaveCourse) -> StopRule:
    sentence = said(
        "%(incidents)s incidents of people moved in %(days)s days on the touched services, "
        "expected %(expected)s; stops when chance explains less than 5 %%.",
        incidents=course.incidents,
        days=digits(f"{course.days:.1f}"),
        expected=digits(f"{course.expected:.1f}"),
    )
    return StopRule(sentence, course.too_many)
