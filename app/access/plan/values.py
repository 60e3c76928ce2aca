"""What a plan is made from and what it says: values only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.access.rules import PlannedStep
from app.directory.rules import Graph, PersonRow


@dataclass(frozen=True, slots=True)
class KeptOutside:
    """An extra right that is kept: whose it is, why, and until when (ISO date)."""

    owner: str
    reason: str
    until: str


@dataclass(frozen=True, slots=True)
class PlanChoices:
    """What the planner decided.

    Undecided extras are kept as ``default``; gains not accepted leave people out.
    """

    default: KeptOutside
    accept_all_gains: bool = False
    gains: frozenset[tuple[int, int]] = frozenset()
    losses: Mapping[tuple[int | None, int], str] = field(default_factory=dict)
    kept: Mapping[tuple[int, int], KeptOutside] = field(default_factory=dict)

    def loss_reason(self, person: int, right: int) -> str | None:
        """Return why losing a right was accepted for a person, or None."""
        return self.losses.get((person, right), self.losses.get((None, right)))

    def accepts_gain(self, person: int, right: int) -> bool:
        """Tell whether somebody accepted that a person gains a right."""
        return self.accept_all_gains or (person, right) in self.gains


@dataclass(frozen=True, slots=True)
class PersonPlan:
    """One person's part: before = covered + kept + exceptions + losses, and the steps that lead
    there.
    """

    person: PersonRow
    before: frozenset[int]
    covered: frozenset[int]
    missing: frozenset[int]
    extra: frozenset[int]
    kept: frozenset[int]
    exceptions: Mapping[int, KeptOutside]
    losses: Mapping[int, str]
    gains: frozenset[int]
    after: frozenset[int]
    sees_before: frozenset[int]
    sees_after: frozenset[int]
    add: tuple[int, ...]
    remove: tuple[int, ...]
    steps: tuple[PlannedStep, ...]


@dataclass(frozen=True, slots=True)
class LeftOutOfPlan:
    """Somebody the plan does not touch, and why."""

    person: PersonRow
    why: str


@dataclass(frozen=True, slots=True)
class WavePlan:
    """The whole plan. ``refusals`` are reasons why nobody can be moved at all."""

    prepare: tuple[PlannedStep, ...]
    people: tuple[PersonPlan, ...]
    left_out: tuple[LeftOutOfPlan, ...]
    refusals: tuple[str, ...] = ()
    world: Graph | None = None
