"""What an undo would bring back, and what others changed: from the journal, and by a look that
cannot write.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from operator import itemgetter

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.access.document import PlannedPerson
from app.access.queries import plan_of
from app.access.rules import as_change, following, is_ours
from app.access.waves.queries import get_wave
from app.core.errors import NotFound
from app.core.finding import Question, fits
from app.core.said import said
from app.models.access.role import Role
from app.models.access.wave import Step, Switch
from app.models.access.words import SETTLED_STEPS, UNDOABLE, Phase, StepState
from ldap_sync.port import ReadDirectory
from ldap_sync.values import DirectoryChange, DirectoryPerson, MemberPresence, inverse

FEW, MOST_TOLD = 5, 20
"""Of so few people every value is told; more are listed, one line each, and of so many of them the
values on which somebody has to decide.
"""
UNSURE = (StepState.INTENT, StepState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class UndoStep:
    """One value that was ours.

    ``gives`` tells that it comes back, else it goes; ``found`` how it stands, live.

    ``found`` is ``ready``, ``there`` (others did it already), ``part``, ``gone`` (no such group),
    ``replaced`` (another group bears its name) or nothing where nobody looked. ``number`` is the
    step it takes back.
    """

    number: int
    right: str
    gives: bool
    change: DirectoryChange
    unsure: bool = False
    trouble: str = ""
    found: str = ""

    @property
    def kind(self) -> str:
        """Return how the value became other than Rung left it: ``gone``, ``replaced`` or
        ``changed``.
        """
        return self.found if self.found in ("gone", "replaced") else "changed"

    @property
    def needs_decision(self) -> bool:
        """Tell whether a person has to say what to do: the group that was changed is not there any
        more.
        """
        return self.found in ("gone", "replaced") or bool(
            self.trouble and self.found != "ready"
        )


@dataclass(frozen=True, slots=True)
class UndoPerson:
    """One person who can be taken back.

    ``others`` says what others changed meanwhile; undo leaves that alone.

    ``account`` is ``there``, ``left`` (disabled or gone: nothing is granted any more), or nothing:
    nobody looked.
    """

    person_id: int
    key: str
    name: str
    uid: str
    state: str
    reason: str
    planned: PlannedPerson
    expected: Mapping[str, str]
    steps: tuple[UndoStep, ...]
    account: str = ""
    renamed: str = ""
    others: tuple[str, ...] = ()

    @property
    def needs_decision(self) -> bool:
        """Tell whether somebody has to say what becomes of one of the values."""
        return any(step.needs_decision for step in self.steps)

    @property
    def given(self) -> int:
        """Return how many rights come back."""
        return sum(step.gives for step in self.steps)

    @property
    def done_by_others(self) -> int:
        """Return how many values others have put back already."""
        return sum(step.found == "there" for step in self.steps)

    def is_called(self, text: str) -> bool:
        """Tell whether the words of the text begin words of the name or the login."""
        return fits(Question(text), self.name, self.uid)


@dataclass(frozen=True, slots=True)
class UndoPage:
    """What an undo of a wave, or of one person of it, would do.

    ``cut`` tells that not all of it was looked at.
    """

    wave_id: int
    number: int
    role_id: int
    role: str
    directory_id: int
    state: str
    person_id: int | None
    people: tuple[UndoPerson, ...]
    not_begun: tuple[str, ...]
    looked: bool = False
    cut: bool = False

    @property
    def values(self) -> int:
        """Return how many values would be taken back."""
        return sum(len(person.steps) for person in self.people)

    @property
    def decisions(self) -> tuple[UndoStep, ...]:
        """Return the values somebody has to decide on."""
        return tuple(
            step
            for person in self.people
            for step in person.steps
            if step.needs_decision
        )

    @property
    def kinds(self) -> tuple[tuple[str, tuple[UndoStep, ...]], ...]:
        """Return the values to decide on by their kind, where there are several of one."""
        found: dict[str, list[UndoStep]] = defaultdict(list)
        for step in self.decisions:
            found[step.kind].append(step)
        return tuple(
            (kind, tuple(some)) for kind, some in found.items() if len(some) > 1
        )

    @property
    def told(self) -> tuple[UndoPerson, ...]:
        """Return of whom every value is told: all of a few, else who needs a decision."""
        if not self.is_long:
            return self.people
        return self._to_decide[:MOST_TOLD]

    @property
    def decided_together(self) -> int:
        """Return how many more need a decision than are told one by one."""
        return max(0, len(self._to_decide) - MOST_TOLD) if self.is_long else 0

    @property
    def is_long(self) -> bool:
        """Tell whether the people are listed instead of told one by one."""
        return len(self.people) > FEW

    @property
    def _to_decide(self) -> tuple[UndoPerson, ...]:
        return tuple(person for person in self.people if person.needs_decision)

    @property
    def comes_back(self) -> list[tuple[str, int]]:
        """Return the rights that come back, each with for how many, the most first."""
        given = Counter(
            step.right for person in self.people for step in person.steps if step.gives
        )
        return sorted(given.items(), key=lambda one: (-one[1], one[0]))

    def looking_first_at(self, people: Collection[int]) -> UndoPage:
        """Return the page with these people first, for a look that may not reach all."""
        first = sorted(self.people, key=lambda person: person.person_id not in people)
        return replace(self, people=tuple(first))

    def only(self, people: Collection[int]) -> UndoPage:
        """Return the page with these people alone, where only their rows are asked for."""
        rows = (person for person in self.people if person.person_id in people)
        return replace(self, people=tuple(rows))


def undo_page(session: Session, wave_id: int, person_id: int | None = None) -> UndoPage:
    """Return what the journal knows of an undo.

    Raises ``NotFound`` for an unknown wave or person.
    """
    wave = get_wave(session, wave_id)
    switches = [
        switch for switch in wave.switches if person_id in (None, switch.person_id)
    ]
    if not switches:
        raise NotFound(
            said(
                "This person is not in wave %(number)s of %(name)s.",
                number=wave.number,
                name=wave.role.name,
            )
        )
    by_key = {person.key: person for person in plan_of(wave).people}
    steps = _steps(session, wave_id)
    undoable = [switch for switch in switches if switch.state in UNDOABLE]
    waiting = [
        switch
        for switch in switches
        if switch.state == "approved" and person_id is None
    ]
    return UndoPage(
        wave_id=wave.id,
        number=wave.number,
        role_id=wave.role_id,
        role=wave.role.name,
        directory_id=wave.role.directory_id,
        state=wave.state.value,
        person_id=person_id,
        people=tuple(
            _person(switch, by_key[switch.person.key], steps[switch.id], wave.role)
            for switch in undoable
        ),
        not_begun=tuple(switch.person.name for switch in waiting),
    )


def with_a_look(
    page: UndoPage, directory: ReadDirectory, go_on: Callable[[], bool]
) -> UndoPage:
    """Return the page with what stands in the directory now, as far as ``go_on`` allows.

    Raises ``DirectoryError``.
    """
    people = tuple(
        _looked_at(person, directory, go_on) if go_on() else person
        for person in page.people
    )
    cut = any(
        not person.account or any(not step.found for step in person.steps)
        for person in people
    )
    return replace(page, people=people, looked=True, cut=cut)


def _steps(session: Session, wave_id: int) -> dict[int, list[Step]]:
    found: dict[int, list[Step]] = defaultdict(list)
    own = select(Step).where(Step.wave_id == wave_id, Step.switch_id.is_not(None))
    for step in session.scalars(own.order_by(Step.position, Step.attempt)):
        found[step.switch_id or 0].append(step)
    return found


def _person(
    switch: Switch, planned: PlannedPerson, steps: list[Step], role: Role
) -> UndoPerson:
    forward = [step for step in steps if step.reverses_id is None]
    latest = {step.reverses_id: step for step in steps if step.reverses_id is not None}
    ours = [
        step
        for step in forward
        if is_ours(step.state.value, step.proof) or step.state in UNSURE
    ]
    open_ones = [
        step
        for step in ours
        if step.id not in latest or latest[step.id].state not in SETTLED_STEPS
    ]
    names = dict(
        zip(
            (step.id for step in forward),
            (each.right for each in planned.steps),
            strict=False,
        )
    )
    return UndoPerson(
        person_id=switch.person_id,
        key=switch.person.key,
        name=switch.person.name,
        uid=switch.person.uid,
        state=switch.state.value,
        reason=switch.reason,
        planned=planned,
        expected=_expected(
            planned, [step for step in ours if step in open_ones], names, role
        ),
        steps=tuple(
            _step(step, names[step.id], latest.get(step.id), role)
            for step in _downwards(open_ones)
        ),
    )


def _downwards(steps: list[Step]) -> list[Step]:
    """Return steps in the order an undo takes them: direct rights back first, the role last."""
    return sorted(
        steps, key=lambda step: (step.phase is not Phase.DIRECT_OFF, -step.position)
    )


def _step(step: Step, right: str, latest: Step | None, role: Role) -> UndoStep:
    trouble = (
        latest.text
        if latest is not None and latest.state in (StepState.DRIFT, StepState.REFUSED)
        else ""
    )
    back = inverse(_change(step, role))
    return UndoStep(
        step.id,
        right,
        step.phase is Phase.DIRECT_OFF,
        back,
        unsure=step.state in UNSURE,
        trouble=trouble,
    )


def _change(step: Step, role: Role) -> DirectoryChange:
    change = as_change(step.change)
    if not isinstance(change, DirectoryChange):
        raise TypeError("a person's steps are changes")
    return change if change.key else replace(change, key=role.group_key)


def _expected(
    planned: PlannedPerson, done: list[Step], names: Mapping[int, str], role: Role
) -> dict[str, str]:
    """Return the groups, by key, that would list the person if nobody else had changed anything."""
    groups = {held.key: held.right for held in planned.before}
    for step in done:
        key = _change(step, role).key
        if step.phase is Phase.DIRECT_OFF:
            groups.pop(key, None)
        else:
            groups[key] = names[step.id]
    return groups


def _looked_at(
    person: UndoPerson, directory: ReadDirectory, go_on: Callable[[], bool]
) -> UndoPerson:
    found = directory.person(person.key)
    if found is None:
        return replace(person, account="left")
    now = {group.key: group.cn for group in directory.groups_of(found)}
    told = person.expected.keys() | {step.change.key for step in person.steps}
    more = [
        f"now in {name}"
        for key, name in sorted(now.items(), key=itemgetter(1))
        if key not in told
    ]
    # No search by person finds where they are listed in an unusual spelling.
    odd = {held.key for held in person.planned.before if held.listings}
    less = [
        f"no longer in {name}"
        for key, name in person.expected.items()
        if key not in {*now, *odd}
    ]
    steps = [
        _step_looked_at(step, person, found, directory) if go_on() else step
        for step in person.steps
    ]
    return replace(
        person,
        account="left" if found.disabled else "there",
        others=(*less, *more),
        steps=tuple(steps),
        renamed=found.dn if found.dn != person.planned.dn else "",
    )


def _step_looked_at(
    step: UndoStep, person: UndoPerson, found: DirectoryPerson, directory: ReadDirectory
) -> UndoStep:
    def stands(value: str) -> bool:
        return (
            directory.presence(replace(step.change, add=(), delete=(value,)))
            is MemberPresence.BEFORE
        )

    renamed = found.dn != person.planned.dn or found.uid != person.planned.person
    change = (
        following(step.change, person.planned.values_now(found), stands)
        if renamed
        else step.change
    )
    return replace(step, found=_found(directory, change))


def _found(directory: ReadDirectory, change: DirectoryChange) -> str:
    presence = directory.presence(change)
    if presence is MemberPresence.GONE:
        return "replaced" if directory.group_at(change.dn) else "gone"
    return {MemberPresence.BEFORE: "ready", MemberPresence.AFTER: "there"}.get(
        presence, "part"
    )
