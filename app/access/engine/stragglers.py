"""Changes that may arrive although another worker took over: which are due to be looked at again,
and what is noted of those that came.

No server knows of our lease: who stands still in the very moment of sending, for longer than the
lease, sends one packet too late.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session, aliased

from app.access.engine.errand import Errand
from app.access.engine.taking import keep
from app.access.rungs import tell_rungs
from app.core import audit
from app.core.acting import Acting
from app.models.access.wave import Step, Straggler, Switch
from app.models.access.words import HOLDING, StepState, SwitchState
from app.models.people import Person

LOOKS = 7
"""How often a change is looked at that nobody heard of again: twice as late each time, two hours
with a lease of a minute.
"""

LOOKS_AFTER_WORD = 2
"""How often one is looked at that was sent for certain, and answered since."""

LATE = (
    "It was sent late, by a worker that had stood still, after it had been taken back."
)
UNCLEAR = (
    "It is not as it was left: others changed it, or a worker that had stood still "
    "sent it late."
)
AT_REST = (SwitchState.UNDONE, SwitchState.FAILED, SwitchState.STALE)
GONE_BACK = (StepState.DONE, StepState.ALREADY)


@dataclass(frozen=True, slots=True)
class Watched:
    """A change that is looked at again, and the latest that took it back, if any.

    ``sent`` tells whether it was sent for certain.
    """

    step: Step
    back: Step | None
    sent: bool

    @property
    def taken_back(self) -> bool:
        """Tell whether it was taken back, so that it must not be in place."""
        return self.back is not None and self.back.state in GONE_BACK

    @property
    def unexpected(self) -> bool:
        """Tell whether finding it in place says that it came late."""
        return self.taken_back or self.step.state is not StepState.DONE


def watch(
    act: Acting,
    errand: Errand,
    steps: Sequence[Step],
    seconds: float,
    *,
    sent: bool = False,
) -> None:
    """Have steps looked at again after some seconds, and later again."""
    ids = [step.id for step in steps]
    act.session.execute(delete(Straggler).where(Straggler.step_id.in_(ids)))
    at = act.now + timedelta(seconds=seconds)
    act.session.add_all(
        Straggler(wave_id=errand.wave_id, step_id=one, look_at=at, sent=sent)
        for one in ids
    )


def due(session: Session, wave_id: int, now: datetime) -> list[Watched]:
    """Return the changes of a wave that are to be looked at again now."""
    back = aliased(Step)
    late = (
        select(Step, back, Straggler.sent)
        .join(Straggler, Straggler.step_id == Step.id)
        .outerjoin(back, back.reverses_id == Step.id)
        .where(Straggler.wave_id == wave_id, Straggler.look_at <= now)
        .order_by(Step.position, Step.id, back.attempt)
    )
    rows = session.execute(late).all()
    found = {step.id: Watched(step, latest, sent) for step, latest, sent in rows}
    return list(found.values())


def engaged(session: Session, switches: Iterable[int]) -> set[int]:
    """Return the switches of people who are in another wave by now: what holds for them is what
    that one did.
    """
    own, other = aliased(Switch), aliased(Switch)
    elsewhere = or_(other.state.in_(HOLDING), other.open_person_id.is_not(None))
    query = (
        select(own.id)
        .join(other, other.person_id == own.person_id)
        .where(own.id.in_([*switches]), other.id != own.id, elsewhere)
    )
    return set(session.scalars(query))


def looked(act: Acting, steps: Iterable[Step], seconds: float) -> None:
    """Note that changes were looked at; ``seconds`` is how long the first wait was."""
    ids = [step.id for step in steps]
    rows = select(Straggler).where(Straggler.step_id.in_(ids))
    for row in act.session.scalars(rows):
        row.looks += 1
        row.look_at = act.now + timedelta(seconds=seconds * 2**row.looks)
        if row.looks == (LOOKS_AFTER_WORD if row.sent else LOOKS):
            act.session.delete(row)


def came(act: Acting, errand: Errand, arrived: Iterable[Watched]) -> None:
    """Note which changes came late; whoever stands where they should not is taken back again, or,
    where others may have done it, somebody has to decide.
    """
    people: dict[int, bool] = {}
    for one in arrived:
        switch_id = one.step.switch_id
        if one.step.reverses_id is None and switch_id is not None:
            people[switch_id] = people.get(switch_id, True) and one.sent
        told = LATE if one.sent else UNCLEAR
        if one.back is not None and one.taken_back:
            one.back.state, one.back.text = StepState.DRIFT, told
            keep(act, [one.back])
        else:
            one.step.state, one.step.text = StepState.UNKNOWN, told
            keep(act, [one.step])
    for switch_id, sent in sorted(people.items()):
        switch = act.session.get_one(Switch, switch_id)
        if switch.state in AT_REST:
            _open_again(act, errand, switch, sent)


def _open_again(act: Acting, errand: Errand, switch: Switch, sent: bool) -> None:
    before, switch.open_person_id = switch.state, switch.person_id
    switch.state = SwitchState.UNDOING if sent else SwitchState.CONFLICT
    switch.reason = LATE if sent else UNCLEAR
    tell_rungs(act, [switch])
    name = act.session.get_one(Person, switch.person_id).name
    what = f"Takes {name} back once more" if sent else f"Asks about {name}"
    audit.record(
        act.session,
        act.by,
        "switch.late",
        errand.subject,
        f"{what}: {errand.wave}",
        before=before.value,
        after=switch.state.value,
        reason=switch.reason,
        at=act.now,
    )
