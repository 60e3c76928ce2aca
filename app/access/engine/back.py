"""What of the way back is decided by values alone: which steps lead back, what has to be there
again, and where memberOf has not followed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.access.document import PlannedPerson, SeenRight
from app.access.engine.rows import StepRow
from app.access.engine.sight import Sight
from app.access.rules import as_data, could_not, is_ours
from app.models.access.wave import Step, Switch
from app.models.access.words import StepState
from ldap_sync.dn import fold_or_self
from ldap_sync.values import DirectoryChange, DirectoryPerson


def inverse_step(
    step: Step, latest: Step | None, back: DirectoryChange, position: int, told: str
) -> StepRow:
    """Return the step that takes another one back; ``latest`` is the one that failed before, and
    ``told`` says what it does.
    """
    return {
        "wave_id": step.wave_id,
        "switch_id": step.switch_id,
        "reverses_id": step.id,
        "position": position,
        "phase": step.phase,
        "attempt": latest.attempt + 1 if latest else 1,
        "change": as_data(back),
        "state": StepState.PLANNED,
        "sentence": told,
    }


def back_told(planned: PlannedPerson, back: DirectoryChange) -> str:
    """Say what a step back does, with the names of the plan: ``Put Ana back into mail.``"""
    names = {step.group_key: step.right for step in planned.steps}
    right = names.get(back.key) or names.get("") or back.dn
    if back.add:
        return f"Put {planned.name} back into {right}."
    return f"Take {planned.name} out of {right} again."


def ours_of(
    forward: Sequence[Step], backs: Iterable[Step]
) -> list[tuple[Step, Step | None]]:
    """Return every forward step that was ours, last first, with its latest inverse."""
    latest = {back.reverses_id: back for back in backs}
    return [
        (step, latest.get(step.id))
        for step in reversed(forward)
        if is_ours(step.state.value, step.proof)
    ]


def behind_in(sight: Sight, done: Sequence[DirectoryChange]) -> list[str]:
    """Say where memberOf has not followed the way back: what it lacks, and what it still shows."""
    gone = [
        change.dn for change in done if change.delete and _shows_gone(sight, change)
    ]
    lacks = [f"memberOf lacks {dn}" for dn in lacking_in(sight, done)]
    return [*lacks, *(f"memberOf still shows {dn}" for dn in gone)]


def lacking_in(sight: Sight, changes: Iterable[DirectoryChange]) -> list[str]:
    """Return the groups a person was put back into that memberOf does not show; it follows
    ``member`` alone.
    """
    back = [change for change in changes if change.add and change.attribute == "member"]
    due = [change.dn for change in back if change.key in sight.direct]
    return [dn for dn in due if fold_or_self(dn) not in sight.memberof]


def _shows_gone(sight: Sight, change: DirectoryChange) -> bool:
    return sight.shows_wrongly(SeenRight("", change.key, change.dn, "")) == "memberof"


def decision_of(switch: Switch, back: Step) -> str:
    """Return what a person decided about an inverse step: skip, ours or theirs."""
    said: dict[str, str] = switch.on_conflict
    return said.get(str(back.reverses_id), said.get("*", "skip"))


def must_be_back(switch: Switch, back: Step) -> bool:
    """Tell whether a right has to be there before the role goes: not where it was left out, nor
    where somebody decided that others may take it.
    """
    if not back.change["add"] or back.state is StepState.SKIPPED:
        return False
    return decision_of(switch, back) != "theirs"


def waiting_of(steps: Sequence[Step]) -> list[Step]:
    """Return the steps that were not begun."""
    return [step for step in steps if step.state is StepState.PLANNED]


def person_of(step: Step) -> int:
    """Return the switch a person's step belongs to."""
    if step.switch_id is None:
        raise TypeError("a step of the role belongs to nobody")
    return step.switch_id


def has_left(person: DirectoryPerson | None) -> bool:
    """Tell whether a person is gone or switched off, so that nothing is granted any more."""
    return person is None or person.disabled


def told_of(stuck: Iterable[Step]) -> dict[int, str]:
    """Say of each person what could not be done."""
    found: dict[int, list[str]] = {}
    for step in stuck:
        sentence = could_not(step.sentence, step.text)
        found.setdefault(person_of(step), []).append(sentence)
    return {switch_id: " ".join(said) for switch_id, said in found.items()}
