"""Changes that may arrive although another worker took over: which are due to be looked at again,
and what is noted of those that came.

No server knows of our lease: who stands still in the very moment of sending, for longer than the
lease, sends one packet too late.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, aliased

from app.access.engine.errand import Errand
from app.access.engine.taking import keep
from app.core import audit
from app.core.acting import Acting
from app.models.access import (
    SETTLED_STEPS,
    Step,
    StepState,
    Straggler,
    Switch,
    SwitchState,
)

LOOKS = 7
"""How often a change is looked at again: twice as late each time, two hours with a lease of a
minute.
"""

LATE = (
    "It was sent late, by a worker that had stood still, after it had been taken back."
)
AT_REST = (SwitchState.UNDONE, SwitchState.FAILED, SwitchState.STALE)


@dataclass(frozen=True, slots=True)
class Watched:
    """A change that is looked at again, and the latest that took it back, if any."""

    step: Step
    back: Step | None

    @property
    def taken_back(self) -> bool:
        """Tell whether it was taken back, so that it must not be in place."""
        return self.back is not None and self.back.state in SETTLED_STEPS

    @property
    def unexpected(self) -> bool:
        """Tell whether finding it in place says that it came late."""
        return self.taken_back or self.step.state is not StepState.DONE


def watch(act: Acting, errand: Errand, steps: Sequence[Step], after: timedelta) -> None:
    """Have steps looked at again after some time, and later again."""
    ids = [step.id for step in steps]
    act.session.execute(delete(Straggler).where(Straggler.step_id.in_(ids)))
    at = act.now + after
    act.session.add_all(
        Straggler(wave_id=errand.wave_id, step_id=one, look_at=at) for one in ids
    )


def due(session: Session, wave_id: int, now: datetime) -> list[Watched]:
    """Return the changes of a wave that are to be looked at again now."""
    back = aliased(Step)
    late = (
        select(Step, back)
        .join(Straggler, Straggler.step_id == Step.id)
        .outerjoin(back, back.reverses_id == Step.id)
        .where(Straggler.wave_id == wave_id, Straggler.look_at <= now)
        .order_by(Step.position, Step.id, back.attempt)
    )
    rows = session.execute(late).all()
    found = {step.id: Watched(step, latest) for step, latest in rows}
    return list(found.values())


def looked(act: Acting, steps: Iterable[Step], seconds: float) -> None:
    """Note that changes were looked at; ``seconds`` is how long the first wait was."""
    ids = [step.id for step in steps]
    rows = select(Straggler).where(Straggler.step_id.in_(ids))
    for row in act.session.scalars(rows):
        row.looks += 1
        row.look_at = act.now + timedelta(seconds=seconds * 2**row.looks)
        if row.looks == LOOKS:
            act.session.delete(row)


def came(act: Acting, errand: Errand, arrived: Iterable[Watched]) -> None:
    """Note which changes came late; whoever stands where they should not is taken back again."""
    people = set()
    for one in arrived:
        if one.back is not None and one.taken_back:
            one.back.state, one.back.text = StepState.DRIFT, LATE
            keep(act, [one.back])
        else:
            one.step.state, one.step.text = StepState.UNKNOWN, LATE
            keep(act, [one.step])
        if one.step.reverses_id is None and one.step.switch_id is not None:
            people.add(one.step.switch_id)
    for switch_id in sorted(people):
        _take_back_again(act, errand, act.session.get_one(Switch, switch_id))


def _take_back_again(act: Acting, errand: Errand, switch: Switch) -> None:
    before = switch.state
    if before not in AT_REST:
        return
    switch.state, switch.reason = SwitchState.UNDOING, LATE
    others = select(Switch.id).where(Switch.open_person_id == switch.person_id)
    if act.session.scalar(others) is None:
        switch.open_person_id = switch.person_id
    audit.record(
        act.session,
        act.by,
        "switch.late",
        errand.subject,
        f"Takes somebody in {errand.wave} back once more",
        before=before.value,
        after=switch.state.value,
        reason=LATE,
        at=act.now,
    )
