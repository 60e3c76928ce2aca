"""Try without a right, take it back, decide; and what the worker notes meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial

from app.access.single.actions import plan_one_by_one
from app.access.single.rules import OneByOne
from app.access.trial.queries import further, objections
from app.access.undo.actions import undo
from app.core.acting import Acting
from app.core.aside import Lane, each_row
from app.core.changes import Change, one, one_locked
from app.core.errors import Invalid, Refused
from app.core.parts import Parts
from app.core.said import said
from app.models.access.trial import RightTrial, TrialState
from app.models.access.wave import Switch, Wave
from app.models.access.words import SwitchState
from app.models.directory import Entitlement
from app.models.people import Person

BY = "Rung"
OBJECTION = "objection"
"""In whose name a right comes back by itself: not Rung's, which puts back what broke."""
USUAL_DAYS = 14
LONGEST = 90
"""Days for which a right may be tried without."""
TRIALS: Lane[int] = Lane("trials", "trial")
ENDED = (SwitchState.FAILED, SwitchState.STALE)


def try_without(
    act: Acting, person_id: int, right_id: int, days: float | None, reason: str
) -> Wave:
    """Plan to switch one right of a person off for some days; somebody else approves it.

    Raises ``Invalid`` for a length nobody may choose or without a reason.
    """
    if days is None or not 1 <= days <= LONGEST:
        raise Invalid(said("Say for how many days: 1 to 90."), field="days")
    person = one(
        act.session,
        Person,
        person_id,
    )
    why = f"Tried without for {days:g} days: {reason.strip()}" if reason.strip() else ""
    order = OneByOne(person_id, take={right_id: why})
    wave = plan_one_by_one(
        act,
        person.directory_id,
        [order],
    )
    switch = act.session.query(Switch).filter_by(wave_id=wave.id).one()
    trial = RightTrial(
        person_id=person_id,
        entitlement_id=right_id,
        switch_id=switch.id,
        state=TrialState.PLANNED,
        days=int(days),
        reason=reason.strip(),
        asked_by=act.by,
    )
    change = Change(RightTrial)
    change.add(act.session, trial)
    told = f"Plans to try without {told_of(act, trial)}"
    change.record(act, f"trial:{trial.id}", "trial.plan", told, reason=reason)
    return wave


def bring_back(act: Acting, trial_id: int, objection: str = "") -> RightTrial:
    """Give a right back that is tried without, at once: the undo of the wave that took it.

    Raises ``Refused`` when it is not off.
    """
    trial = _off(act, trial_id)
    switch = one(
        act.session,
        Switch,
        trial.switch_id,
    )
    undo(
        act,
        switch.wave_id,
        trial.person_id,
        reason=objection,
    )
    values = {"state": TrialState.RETURNING, "objection": objection}
    _note(
        act,
        trial,
        values,
        "back",
        "Gives back",
        objection,
    )
    return trial


def off_for_good(act: Acting, trial_id: int) -> RightTrial:
    """Decide that a right nobody missed stays off. Raises ``Refused`` before its days are over."""
    trial = _off(act, trial_id)
    if trial.quiet_until is None or trial.quiet_until >= act.now.date():
        raise Refused(said("Its days are not over; nobody can know yet."))
    values = {"state": TrialState.FOR_GOOD, "ended_at": act.now}
    _note(
        act,
        trial,
        values,
        "decide",
        "Off for good",
    )
    return trial


def run_due_trials(parts: Parts) -> bool:
    """Note how far trials came, and give back what somebody objected to."""
    with parts.database.read() as session:
        stands, heard = dict(further(session)), objections(session)
    for trial_id, state in stands.items():
        with parts.acting(BY) as act:
            note_standing(
                act,
                trial_id,
                state,
            )
    texts = {trial: f"Incident {number}: {title}" for trial, number, title in heard}
    each_row(
        parts,
        TRIALS,
        sorted(texts),
        partial(
            _object,
            parts,
            texts,
        ),
    )
    return bool(heard)


def _object(parts: Parts, texts: dict[int, str], trial_id: int) -> None:
    with parts.acting(OBJECTION) as act:
        bring_back(
            act,
            trial_id,
            texts[trial_id],
        )
    parts.ring()


def note_standing(act: Acting, trial_id: int, state: SwitchState) -> None:
    """Note with a trial what its switch came to; nothing where it is noted already."""
    trial = one(
        act.session,
        RightTrial,
        trial_id,
    )
    wave = one(
        act.session,
        Wave,
        one(
            act.session,
            Switch,
            trial.switch_id,
        ).wave_id,
    )
    ended = {"ended_at": act.now}
    if trial.state is TrialState.PLANNED and state is SwitchState.CLOSED:
        quiet = act.now.date() + timedelta(days=trial.days)
        values = {"state": TrialState.OFF, "quiet_until": quiet}
        _note(
            act,
            trial,
            values,
            "off",
            "Switched off",
        )
    elif state is SwitchState.UNDONE:
        _note(
            act,
            trial,
            {"state": TrialState.BACK, **ended},
            "returned",
            "Is back",
        )
    elif state in ENDED or wave.state.value == "withdrawn":
        values = {"state": TrialState.DROPPED, **ended}
        _note(
            act,
            trial,
            values,
            "drop",
            "Was not tried without",
        )


def told_of(act: Acting, trial: RightTrial) -> str:
    """Return how a trial is called in a sentence: the right and whose it is."""
    right = act.session.get_one(Entitlement, trial.entitlement_id)
    person = act.session.get_one(Person, trial.person_id)
    return f"{right.cn} of {person.name}"


def _off(act: Acting, trial_id: int) -> RightTrial:
    trial = one_locked(
        act.session,
        RightTrial,
        trial_id,
    )
    if trial.state is not TrialState.OFF:
        raise Refused(
            said("This right is %(state)s, not off.", state=trial.state.value)
        )
    return trial


def _note(
    act: Acting,
    trial: RightTrial,
    values: Mapping[str, object],
    verb: str,
    told: str,
    reason: str = "",
) -> None:
    change = Change(RightTrial)
    change.put(trial, values)
    sentence = f"{told}: {told_of(act, trial)}"
    change.record(act, f"trial:{trial.id}", f"trial.{verb}", sentence, reason=reason)
