"""Settle what did not work for somebody, and give one right back at once."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.rules import as_change, as_data
from app.access.waves.queries import get_wave
from app.access.works.queries import given_back_steps
from app.core.acting import Acting
from app.core.changes import Change, one
from app.core.errors import Invalid, NotFound, Refused
from app.core.said import said
from app.models.access.kept import AccessException
from app.models.access.wave import Step, Switch
from app.models.access.words import RESTING, Phase, StepState
from app.models.access.works import WorksAsk
from app.models.directory import Entitlement
from ldap_sync.values import DirectoryChange, inverse


def settle(act: Acting, ask_id: int, *, reason: str) -> WorksAsk:
    """Say that what did not work for somebody is settled: the person can be confirmed again.

    Raises ``Invalid`` without a reason, ``Refused`` where nothing waits.
    """
    if not reason.strip():
        raise Invalid(
            said("Say how it was settled."),
            field="reason",
        )
    ask = one(
        act.session,
        WorksAsk,
        ask_id,
    )
    if not ask.is_paused:
        raise Refused(said("Nothing waits to be settled here."))
    ask.cleared_at, ask.cleared_by = act.now, act.by
    switch = act.session.get_one(
        Switch,
        ask.switch_id,
    )
    Change(after={"cleared": True}).record(
        act,
        f"wave:{switch.wave_id}",
        "switch.settle",
        said("What did not work is settled"),
        reason=reason,
    )
    return ask


def give_back(
    act: Acting, wave_id: int, person_id: int, right: str, *, reason: str
) -> Step:
    """Give one right back to somebody at once, directly, as it was before the move; the journal
    runs it, and the undo of the person knows of it. Needs no approval (design 5.13).

    Raises ``NotFound`` for a right that the move did not take off, ``Refused`` where it was given
    back already or the person is not at rest.
    """
    switch = _at_rest(act, wave_id, person_id)
    taken = _taken_off(
        act.session,
        switch,
        right,
    )
    change = as_change(taken.change)
    if not isinstance(
        change,
        DirectoryChange,
    ):
        raise NotFound(
            said(
                "The move did not take %(right)s off.",
                right=right,
            )
        )
    told = f"Give back at once: {switch.person.name} to {right}."
    step = _planned(act, switch, change, told, reverses=taken)
    _keep(act, switch, change.key, reason)
    told = f"Gives {right} back to {switch.person.name} at once"
    _record(act, switch, right, "switch.give-back", told, reason)
    return step


def take_again(
    act: Acting, wave_id: int, person_id: int, right: str, *, reason: str
) -> Step:
    """Take off again, as the plan says, a right that was given back at once: the undo of that
    deed. It needs no approval, since the plan that takes the right off was approved.

    Raises ``NotFound`` for a right that was not given back, ``Refused`` while that is on its way.
    """
    switch = _at_rest(act, wave_id, person_id)
    given = _given_back(
        act.session,
        switch,
        right,
    )
    change = as_change(given.change)
    if not isinstance(
        change,
        DirectoryChange,
    ):
        raise TypeError("a right that was given back is no new group")
    told = f"Take off again: {switch.person.name} from {right}."
    step = _planned(act, switch, change, told)
    _keep_no_longer(act, switch, change.key)
    told = f"Takes {right} off {switch.person.name} again"
    _record(act, switch, right, "switch.take-again", told, reason)
    return step


def _planned(
    act: Acting,
    switch: Switch,
    change: DirectoryChange,
    sentence: str,
    reverses: Step | None = None,
) -> Step:
    """Write the step that takes a change of somebody's move the other way."""
    step = Step(
        wave_id=switch.wave_id,
        switch_id=switch.id,
        reverses_id=reverses.id if reverses is not None else None,
        position=_last(act.session, switch.wave_id) + 1,
        phase=Phase.DIRECT_OFF,
        change=as_data(inverse(change)),
        state=StepState.PLANNED,
        sentence=sentence,
    )
    act.session.add(step)
    act.session.flush()
    return step


def _record(
    act: Acting, switch: Switch, right: str, action: str, sentence: str, reason: str
) -> None:
    after = {"right": right, "person": switch.person.uid}
    Change(after=after).record(
        act, f"wave:{switch.wave_id}", action, sentence, reason=reason
    )


def _at_rest(act: Acting, wave_id: int, person_id: int) -> Switch:
    """Return the move of somebody in a wave who is through it."""
    wave = get_wave(
        act.session,
        wave_id,
    )
    switch = next(
        (one for one in wave.switches if one.person_id == person_id),
        None,
    )
    if switch is None:
        raise NotFound(said("This person is not in the wave."))
    if switch.state not in RESTING:
        raise Refused(
            said(
                "%(name)s is on the way; undo or wait.",
                name=switch.person.name,
            )
        )
    return switch


def _given_back(session: Session, switch: Switch, right: str) -> Step:
    """Return the step that gave a right back last, if that stands."""
    for given in given_back_steps(session, switch.id):
        if given.right != right:
            continue
        if given.step.state is not StepState.DONE:
            raise Refused(said("%(right)s is on its way back; wait.", right=right))
        return given.step
    raise NotFound(said("%(right)s was not given back.", right=right))


def _keep_no_longer(act: Acting, switch: Switch, key: str) -> None:
    """End what was kept as an exception when the right was given back."""
    right = select(Entitlement.id).where(Entitlement.key == key)
    kept = select(AccessException).where(
        AccessException.switch_id == switch.id,
        AccessException.entitlement_id.in_(right),
        AccessException.ended_at.is_(None),
    )
    for exception in act.session.scalars(kept.order_by(AccessException.id)):
        exception.ended_at = act.now


def _taken_off(session: Session, switch: Switch, right: str) -> Step:
    steps = session.scalars(
        select(Step)
        .where(
            Step.switch_id == switch.id,
            Step.phase == Phase.DIRECT_OFF,
            Step.reverses_id.is_(None),
            Step.state == StepState.DONE,
        )
        # The last one counts: what was given back may have been taken off again.
        .order_by(Step.id.desc())
    ).all()
    keys = select(Entitlement.key).where(Entitlement.cn == right)
    known = set(session.scalars(keys))
    found = next(
        (step for step in steps if step.change.get("key") in known),
        None,
    )
    if found is None:
        raise NotFound(
            said(
                "The move did not take %(right)s off.",
                right=right,
            )
        )
    back = select(Step.id).where(Step.reverses_id == found.id)
    if session.scalars(back).first() is not None:
        raise Refused(
            said(
                "%(right)s was given back already.",
                right=right,
            )
        )
    return found


def _last(session: Session, wave_id: int) -> int:
    last = select(func.max(Step.position)).where(Step.wave_id == wave_id)
    return session.scalar(last) or 0


def _keep(act: Acting, switch: Switch, key: str, reason: str) -> None:
    right = select(Entitlement.id).where(Entitlement.key == key)
    until = act.now.date() + timedelta(days=act.settings.exception_days)
    act.session.add(
        AccessException(
            switch_id=switch.id,
            person_id=switch.person_id,
            entitlement_id=act.session.scalars(right).one(),
            owner=act.by,
            reason=reason.strip()
            or "Given back at once, since something did not work.",
            until=until,
        )
    )
