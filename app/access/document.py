"""What is kept as JSON, as frozen values: the plan that is hashed, approved and run (design 5.6),
and what was seen of its people.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from app.access.rules import DIRECT_OFF, PlannedStep
from app.core.canonical import canonical, fingerprint
from app.core.frozen import Damaged, Kept
from ldap_sync.dn import fold_or_self
from ldap_sync.values import DirectoryPerson


@dataclass(frozen=True, slots=True)
class OddListing(Kept):
    """Values by which an attribute of a group lists a person in an unusual spelling."""

    attribute: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeldBefore(Kept):
    """A right a person held directly when the plan was made.

    Where the person was listed in an unusual spelling, ``dn`` says which group that is, and
    ``attribute`` and ``values`` what it lists; ``elsewhere`` are further attributes that do.
    """

    right: str
    key: str
    dn: str | None = None
    attribute: str | None = None
    values: tuple[str, ...] | None = None
    elsewhere: tuple[OddListing, ...] | None = None

    @property
    def listings(self) -> tuple[OddListing, ...]:
        """Return how the group lists the person, where that is not the usual spelling."""
        if self.attribute is None or self.values is None:
            return ()
        return OddListing(self.attribute, self.values), *(self.elsewhere or ())


@dataclass(frozen=True, slots=True)
class PlannedException(Kept):
    """A right that stays outside the role: whose it is, why, and until when (ISO date)."""

    right: str
    key: str
    owner: str
    reason: str
    until: str


@dataclass(frozen=True, slots=True)
class PlannedLoss(Kept):
    """A right that goes: why, who accepted that, and whether it is still seen through nesting."""

    right: str
    reason: str
    accepted_by: str
    still_seen: str

    @property
    def is_real(self) -> bool:
        """Tell whether the person no longer sees the right in any way."""
        return self.still_seen == "no"


@dataclass(frozen=True, slots=True)
class PlannedGain(Kept):
    """A right that comes, and how: through the role or as a member."""

    right: str
    how: str


@dataclass(frozen=True, slots=True)
class HoldProof(Kept):
    """The keys of the rights held before, each in one of four parts."""

    covered: tuple[str, ...]
    kept: tuple[str, ...]
    exceptions: tuple[str, ...]
    losses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeenRight(Kept):
    """A right as its application looks for it: by key and DN, through a lens."""

    right: str
    key: str
    dn: str
    lens: str


@dataclass(frozen=True, slots=True)
class PlannedPerson(Kept):
    """One person's part of a plan; rights are told by their names, ``person`` is the account.

    ``sees`` is what is seen when all is done; ``add`` and ``remove`` are the groups that change.
    """

    person: str
    name: str
    key: str
    dn: str
    before: tuple[HeldBefore, ...]
    covered: tuple[str, ...]
    missing: tuple[str, ...]
    extra: tuple[str, ...]
    kept: tuple[str, ...]
    exceptions: tuple[PlannedException, ...]
    losses: tuple[PlannedLoss, ...]
    gains: tuple[PlannedGain, ...]
    proof: HoldProof
    sees: tuple[SeenRight, ...]
    add: tuple[str, ...]
    remove: tuple[str, ...]
    steps: tuple[PlannedStep, ...]

    @property
    def proves(self) -> bool:
        """Check the proof: what was held before is exactly covered + kept + exceptions + accepted
        losses.
        """
        proof = self.proof
        parts = [*proof.covered, *proof.kept, *proof.exceptions, *proof.losses]
        return sorted(held.key for held in self.before) == sorted(parts)

    @property
    def going(self) -> tuple[PlannedStep, ...]:
        """Return the steps that take the person out of groups."""
        return tuple(step for step in self.steps if step.phase == DIRECT_OFF)

    @property
    def taken_away(self) -> frozenset[str]:
        """Return the keys of the groups that will no longer list the person in the end."""
        return frozenset(step.group_key for step in self.going)

    def values_now(self, person: DirectoryPerson) -> dict[str, str]:
        """Return what stands for the person now, by the folded value that stood for them then."""
        return {fold_or_self(self.dn): person.dn, fold_or_self(self.person): person.uid}


@dataclass(frozen=True, slots=True)
class LeftOutPerson(Kept):
    """Somebody the plan does not touch, by account and name, and why."""

    person: str
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class PlannedGroup(Kept):
    """The role's group, and every value known to be in it; ``idle`` stand for nobody.

    ``create`` tells that it has to be made, ``key`` is empty then.
    """

    cn: str
    dn: str
    key: str
    create: bool
    values: tuple[str, ...]
    idle: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlannedRight(Kept):
    """A right of the role; ``held`` is ``nested`` (through the group) or ``materialised``."""

    right: str
    key: str
    dn: str
    lens: str
    held: str


@dataclass(frozen=True, slots=True)
class PlannedSoak(Kept):
    """On how many days each person has to be seen, after how many days somebody has to have decided
    at the latest, and what is done then: ``escalate``, ``hold`` or ``undo``. Nothing is ever
    confirmed by time alone.
    """

    days: int
    deadline_days: int
    then: str


@dataclass(frozen=True, slots=True)
class PlanHead(Kept):
    """What a plan is of; ``idle`` are the values in the role's group that stand for nobody."""

    directory: str
    role: str
    role_version: int
    realisation: str
    author: str
    idle: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanDocument(PlanHead):
    """The plan of a wave: what is hashed, approved and run.

    ``privileged`` names the rights it touches whose holders rule over others; plans that were made
    before those were marked say nothing of them. ``single``: no role is meant, rights are given
    and taken one by one. ``soak`` is missing in plans from before people had to be seen on days.
    ``versions``: everybody in the role gets its newest version, by what its group is linked to.
    """

    role_group: PlannedGroup
    rights: tuple[PlannedRight, ...]
    prepare: tuple[PlannedStep, ...]
    people: tuple[PlannedPerson, ...]
    left_out: tuple[LeftOutPerson, ...]
    privileged: tuple[str, ...] | None = None
    single: bool | None = None
    soak: PlannedSoak | None = None
    versions: bool | None = None

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Return the plan that a kept text holds. Raises ``Damaged``."""
        try:
            return cls.from_json(json.loads(text))
        except json.JSONDecodeError as error:
            raise Damaged(f"is no JSON: {error}") from error

    @property
    def text(self) -> str:
        """Return the one text that stands for this plan.

        Person after person is written: a plan of thousands is tens of megabytes.
        """
        head = canonical({**self.parts(), "people": []})
        before, empty, after = head.partition(NOBODY)
        text = before + empty[:-1]
        for number, person in enumerate(self.people):
            # Grows where it stands: pieces that are joined in the end would be there twice.
            text += f"{',' if number else ''}{canonical(person.parts())}"
        text += f"]{after}"
        return text

    @property
    def hash(self) -> str:
        """Return the hash under which the plan is approved: SHA-256 over its text."""
        return fingerprint(self.text)

    @property
    def steps(self) -> Iterator[PlannedStep]:
        """Return the steps of the whole plan in the order they run: first the role, then person
        after person.
        """
        yield from self.prepare
        for person in self.people:
            yield from person.steps

    def part_of(self, key: str) -> PlannedPerson:
        """Return the part of the person with this key."""
        return next(person for person in self.people if person.key == key)


def keys_of(rights: Iterable[HeldBefore | SeenRight]) -> frozenset[str]:
    """Return the keys of rights."""
    return frozenset(right.key for right in rights)


NOBODY = '"people":[]'
"""Where the people stand in a text; within what somebody wrote, the signs would be escaped."""
UNDONE = "undone"
"""When somebody was looked at after an undo; otherwise after a phase, by its name."""


@dataclass(frozen=True, slots=True)
class LensSeen(Kept):
    """What the plan promised under one lens, what of it was seen, what is missing, and what is
    still shown though it was taken away. The oldest looks do not say the last.
    """

    lens: str
    promised: int
    seen: int
    missing: tuple[str, ...]
    still_shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonSeen(Kept):
    """One look at a person: ``at`` (ISO time), ``when``, and what was seen then.

    After a phase of the way up that is one line for each lens; after an undo it is what others had
    changed, and where memberOf had not followed.
    """

    at: str
    when: str
    lenses: tuple[LensSeen, ...] | None = None
    others: tuple[str, ...] | None = None
    memberof: tuple[str, ...] | None = None
