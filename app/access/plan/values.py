"""What a plan is made from and what it says: values only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from app.access.document import PlannedSoak
from app.access.rules import PlannedStep
from app.core.errors import Invalid
from app.core.said import said
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

    Undecided extras are kept as ``default``; gains not accepted leave people out. ``restored`` are
    rights outside the role that come back as they were promised (person, right); ``repairs`` tells
    that people are in the role already, and get what it promised again, and ``versions`` that they
    get the role's newest version. ``beside`` is why this role begins while another one is on its
    way.
    """

    default: KeptOutside
    accept_all_gains: bool = False
    gains: frozenset[tuple[int, int]] = frozenset()
    losses: Mapping[tuple[int | None, int], str] = field(default_factory=dict)
    kept: Mapping[tuple[int, int], KeptOutside] = field(default_factory=dict)
    restored: frozenset[tuple[int, int]] = frozenset()
    repairs: bool = False
    versions: bool = False
    soak: PlannedSoak | None = None
    beside: str = ""

    def loss_reason(self, person: int, right: int) -> str | None:
        """Return why losing a right was accepted for a person, or None."""
        return self.losses.get((person, right), self.losses.get((None, right)))

    def gains_of(self, people: Iterable[int]) -> frozenset[tuple[int, int]]:
        """Return the gains that were accepted for some people, each by name."""
        mine = frozenset(people)
        return frozenset(pair for pair in self.gains if pair[0] in mine)

    def restored_to(self, person: int) -> frozenset[int]:
        """Return the rights outside the role that somebody gets back as they were promised."""
        return frozenset(right for who, right in self.restored if who == person)

    def accepts_gain(self, person: int, right: int) -> bool:
        """Tell whether somebody accepted that a person gains a right."""
        return self.accept_all_gains or (person, right) in self.gains


USUAL_SOAK = PlannedSoak(days=5, deadline_days=14, then="escalate")
THEN = ("escalate", "hold", "undo")
"""What a plan can say is done about people whom nobody confirmed by the deadline."""
MOST_DAYS = 365


def planned_soak(days: int | None, deadline_days: int | None, then: str) -> PlannedSoak:
    """Return what a plan says of the time after the move; what is not said is as usual.

    Raises ``Invalid`` for days that cannot be, or a word that is none of ``THEN``.
    """
    usual = USUAL_SOAK
    needed = usual.days if days is None else days
    until = usual.deadline_days if deadline_days is None else deadline_days
    if not 1 <= needed <= MOST_DAYS:
        raise Invalid(
            said("Say on how many days each is to be seen: 1 to 365."),
            field="soak_days",
        )
    if not needed <= until <= MOST_DAYS:
        raise Invalid(
            said("The deadline cannot come before the days on which they are seen."),
            field="soak_deadline",
        )
    if (then or usual.then) not in THEN:
        raise Invalid(said("Say escalate, hold or undo."), field="soak_then")
    return PlannedSoak(needed, until, then or usual.then)


def choices_as_data(choices: PlanChoices) -> dict[str, Any]:
    """Return decisions as plain data, for a plan that is made later."""
    return {
        "default": asdict(choices.default),
        "accept_all_gains": choices.accept_all_gains,
        "gains": [list(pair) for pair in sorted(choices.gains)],
        "losses": [[*which, why] for which, why in choices.losses.items()],
        "kept": [[*which, asdict(kept)] for which, kept in choices.kept.items()],
        "restored": [list(pair) for pair in sorted(choices.restored)],
        "repairs": choices.repairs,
        "versions": choices.versions,
        "soak": choices.soak.to_json() if choices.soak else None,
        "beside": choices.beside,
    }


def choices_from(data: Mapping[str, Any]) -> PlanChoices:
    """Return the decisions that ``choices_as_data`` wrote."""
    return PlanChoices(
        default=KeptOutside(**data["default"]),
        accept_all_gains=data["accept_all_gains"],
        gains=frozenset((person, right) for person, right in data["gains"]),
        losses={(person, right): why for person, right, why in data["losses"]},
        kept={
            (person, right): KeptOutside(**kept) for person, right, kept in data["kept"]
        },
        restored=frozenset(
            (person, right) for person, right in data.get("restored", ())
        ),
        repairs=data.get("repairs", False),
        versions=data.get("versions", False),
        soak=PlannedSoak.from_json(data["soak"]) if data.get("soak") else None,
        beside=data.get("beside", ""),
    )


def unheard(_done: int) -> None:
    """Take the progress of a plan to which nobody listens."""


@dataclass(frozen=True, slots=True)
class PlanOrder:
    """What is asked of a plan: for whom (ids), with which decisions, by whom, and who hears how
    many people are done.
    """

    people: tuple[int, ...]
    choices: PlanChoices
    by: str
    tell: Callable[[int], None] = unheard


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
