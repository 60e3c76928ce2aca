"""Ask many people of the directory, move many at once, and take such a move back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.audit import head_of
from app.core.changes import word
from app.core.errors import Conflict, Invalid, NotFound, Refused
from app.core.figures import people
from app.core.plain import plain
from app.core.said import joined, said
from app.improvements.crowd.queries import (
    CrowdSource,
    chosen_people,
    people_in,
    taking_part,
)
from app.improvements.crowd.rules import counted_names, is_there
from app.improvements.events import NotedChange, Who, locked_iteration, tell
from app.improvements.history.queries import event_of, last_of
from app.improvements.people.actions import (
    MoveSaid,
    ask,
    demand_by_hand,
    demand_open,
    in_the_way,
    key_of,
    moved,
    open_elsewhere,
)
from app.improvements.people.meaning import meant
from app.improvements.rules import WORDS
from app.models.improvements.iteration import Iteration, Participation
from app.models.improvements.words import ParticipationState

MOVED_MANY = "participation.move-many"
MOST_REASONS = 5


@dataclass(frozen=True, slots=True)
class CrowdAsked:
    """Whom to ask: people of a source and by name, everybody but some; and what moved them."""

    source: CrowdSource = field(default_factory=CrowdSource)
    names: Sequence[str] = ()
    but: Sequence[str] = ()
    technique: str = ""


@dataclass(frozen=True, slots=True)
class CrowdReach:
    """Whom an invitation reaches: how many are meant, take part already, are left out, and who is
    asked.
    """

    meant: int
    already: int
    left_out: int
    asked: tuple[Who, ...]

    @property
    def sentence(self) -> str:
        """Say it with the numbers."""
        parts = [said("%(people)s meant.", people=people(self.meant))]
        if self.already:
            parts.append(said("%(number)s take part already.", number=self.already))
        if self.left_out:
            parts.append(said("%(number)s left out.", number=self.left_out))
        parts.append(said("%(people)s will be asked.", people=people(len(self.asked))))
        return joined(parts)


def reach_of(session: Session, iteration_id: int, wanted: CrowdAsked) -> CrowdReach:
    """Return whom an invitation would reach; nothing is changed.

    Raises ``Invalid`` by field for a name that means several people or nobody.
    """
    found: dict[int | str, Who] = {}
    if wanted.source.named:
        for one in people_in(session, wanted.source):
            found[one.person_id] = Who(
                one.name, person_id=one.person_id, site_id=one.site_id
            )
    for who in meant(session, wanted.names, "names"):
        found.setdefault(key_of(who), who)
    if not found and not wanted.source.named:
        raise Invalid(said("Name who is invited."), field="names")
    but = {key_of(who) for who in meant(session, wanted.but, "but")}
    there = taking_part(session, iteration_id)
    already = found.keys() & there
    left_out = (found.keys() & but) - already
    asked = [who for key, who in found.items() if key not in already | left_out]
    return CrowdReach(len(found), len(already), len(left_out), tuple(asked))


def ask_many(act: Acting, iteration_id: int, wanted: CrowdAsked) -> CrowdReach:
    """Ask everybody an invitation reaches and who does not take part yet; returns whom it reached.

    Raises ``Refused`` when that is nobody.
    """
    _, rung = locked_iteration(act.session, iteration_id)
    demand_open(rung)
    reach = reach_of(act.session, iteration_id, wanted)
    if not reach.asked:
        raise Refused(
            said("Nobody is left to be asked. %(counted)s", counted=reach.sentence)
        )
    ask(act, iteration_id, reach.asked, technique=wanted.technique)
    return reach


@dataclass(slots=True)
class CrowdMoved:
    """What a move of many did: who was moved, who was there already, who could not be and why.

    ``event`` is the number under which it stands in the trail; ``by`` who was faster.
    """

    to: ParticipationState
    moved: list[str] = field(default_factory=list)
    already: list[str] = field(default_factory=list)
    kept: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    event: int = 0
    by: str = ""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return why some were not moved, each with names."""
        found = [
            said("%(reason)s (%(names)s)", reason=reason, names=counted_names(names))
            for reason, names in self.kept.items()
        ]
        return tuple(found[:MOST_REASONS])

    @property
    def meanwhile(self) -> str:
        """Say that somebody else was faster with some, or nothing."""
        if not self.already:
            return ""
        return said(
            "%(people)s there already (%(names)s), moved meanwhile by %(by)s.",
            people=people(len(self.already)),
            names=counted_names(self.already),
            by=self.by or said("somebody else"),
        )

    @property
    def sentence(self) -> str:
        """Say what was done, and what was not."""
        done = said(
            "%(people)s: %(state)s.",
            people=people(len(self.moved)),
            state=WORDS[self.to],
        )
        left = sum(map(len, self.kept.values()))
        stayed = said("%(people)s stayed:", people=people(left)) if left else ""
        return joined([done, self.meanwhile, stayed, *self.reasons])


def weigh_move(
    session: Session,
    rung: Iteration,
    numbers: Collection[int],
    to: ParticipationState,
    told: MoveSaid,
) -> CrowdMoved:
    """Return what a move of some participants would do; nothing is changed."""
    return _weighed(session, rung, numbers, to, told)[1]


def move_many(
    act: Acting,
    iteration_id: int,
    numbers: Collection[int],
    to: ParticipationState,
    told: MoveSaid,
) -> CrowdMoved:
    """Move some participants of a rung at once, each by the rules of a single move.

    Raises ``Conflict`` when somebody else was faster with all of them, ``Refused`` when none can
    be moved.
    """
    to = word(ParticipationState, to, "to")
    improvement, rung = locked_iteration(act.session, iteration_id)
    demand_by_hand(act.session, iteration_id)
    free, found = _weighed(act.session, rung, numbers, to, told)
    if not free:
        raise _nobody(found)
    change = NotedChange()
    for person in free:
        change.put(person, moved(person, to, told))
    sentence = f"{people(len(free))} in rung {rung.number}: {WORDS[to]}"
    tell(act, improvement, MOVED_MANY, sentence, change, reason=told.reason)
    found.event = head_of(act.session)[0]
    return found


def take_back(act: Acting, iteration_id: int, event: int) -> tuple[int, int]:
    """Put everybody of a move of many back to where they were; returns how many, and how many were
    moved on meanwhile and stay.

    Raises ``NotFound`` when there was no such move, ``Conflict`` when nobody can be put back.
    """
    improvement, rung = locked_iteration(act.session, iteration_id)
    done = event_of(act.session, improvement.id, event)
    if done is None or done.action != MOVED_MANY:
        raise NotFound(said("There was no such move."))
    before, after = _by_person(done.before), _by_person(done.after)
    change, back = NotedChange(), 0
    for person in chosen_people(act.session, iteration_id, after.keys()):
        now = {name: plain(getattr(person, name)) for name in after[person.id]}
        if now == after[person.id]:
            change.put(person, _typed(before.get(person.id, {})))
            back += 1
    if not back:
        raise Conflict(said("They were all moved on meanwhile; nobody was put back."))
    sentence = f"Put {people(back)} in rung {rung.number} back to where they were"
    tell(act, improvement, "participation.take-back", sentence, change)
    return back, len(after) - back


def _weighed(
    session: Session,
    rung: Iteration,
    numbers: Collection[int],
    to: ParticipationState,
    told: MoveSaid,
) -> tuple[list[Participation], CrowdMoved]:
    chosen = chosen_people(session, rung.id, numbers)
    elsewhere = open_elsewhere(session, chosen)
    free, found = [], CrowdMoved(to)
    for person in chosen:
        if is_there(person.state, to):
            found.already.append(person.name)
            continue
        why = in_the_way(rung, person, to, told, elsewhere.get(person.id, ""))
        if why:
            found.kept[why[0]].append(person.name)
        else:
            free.append(person)
            found.moved.append(person.name)
    if found.already:
        last = last_of(session, rung.improvement_id, "participation.")
        found.by = last.actor if last else ""
    return free, found


def _nobody(found: CrowdMoved) -> Exception:
    if found.kept:
        return Refused(
            said("Nobody can be moved: %(why)s", why=joined(found.reasons)),
            details=found.reasons,
        )
    if found.already:
        return Conflict(
            said("%(meanwhile)s Nothing was moved twice.", meanwhile=found.meanwhile)
        )
    return Refused(said("Choose the people you mean first."))


def _by_person(flat: Mapping[str, Any] | None) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = defaultdict(dict)
    for key, value in (flat or {}).items():
        record, _, name = key.rpartition(".")
        kind, _, number = record.partition(":")
        if kind == "participation":
            found[int(number)][name] = value
    return found


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return plain values of a participant as their columns hold them."""
    return {name: _of_column(name, value) for name, value in values.items()}


def _of_column(name: str, value: Any) -> Any:
    if name == "state":
        return ParticipationState(value)
    return datetime.fromisoformat(value) if value and name.endswith("_at") else value
