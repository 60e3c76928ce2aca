"""A role climbs as an improvement: each wave is a rung of it, each switch a participant. All that
access tells the ladder is told here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.errors import Refused
from app.core.figures import people
from app.core.said import said
from app.improvements import ladder
from app.improvements.events import Who
from app.improvements.people.following import StandingTold
from app.improvements.register.actions import change_improvement
from app.models.access.role import Role
from app.models.access.wave import Switch, Wave
from app.models.access.words import SwitchState
from app.models.improvements.improvement import Improvement
from app.models.improvements.words import ParticipationState
from app.models.people import Person, Site

STANDS: Mapping[SwitchState, ParticipationState] = {
    SwitchState.PLANNED: ParticipationState.INVITED,
    SwitchState.APPROVED: ParticipationState.PREPARED,
    SwitchState.ROLE_ON: ParticipationState.SWITCHED,
    SwitchState.OVERLAP: ParticipationState.SWITCHED,
    SwitchState.DIRECT_OFF: ParticipationState.SWITCHED,
    SwitchState.SOAKING: ParticipationState.OBSERVING,
    SwitchState.CONFIRMED: ParticipationState.ACCEPTED,
    SwitchState.CLOSED: ParticipationState.ACCEPTED,
    SwitchState.UNDONE: ParticipationState.UNDONE,
    SwitchState.FAILED: ParticipationState.UNDONE,
}
"""Where a participant stands whose switch stands there. Where somebody only waits (paused, blocked,
a conflict) the participant stays where he or she was.
"""

NO_REASON = "Taken back."
NOBODY_MOVED = "Nobody is in the role by this wave."


def improvement_of(act: Acting, role: Role) -> int:
    """Return the improvement of a role, which is raised where there is none yet."""
    if role.improvement_id is None:
        role.improvement_id = ladder.open_role(act, title_of(role.name))
    return role.improvement_id


def title_of(role: str) -> str:
    """Return what the improvement of a role is called."""
    return f"Role {role}"


def rename_role(act: Acting, role: Role, before: str) -> None:
    """Let the improvement of a role bear its name, unless somebody gave it another title."""
    found = act.session.get_one(Improvement, improvement_of(act, role))
    if found.title == title_of(before):
        change_improvement(act, found.id, {"title": title_of(role.name)})


def put_under(act: Acting, role: Role, parent_id: int | None) -> bool:
    """Put the improvement of a role under a larger one, or under none; tell whether it changed.

    Raises ``Invalid`` where it would stand under itself.
    """
    found = act.session.get_one(Improvement, improvement_of(act, role))
    if found.parent_id == parent_id:
        return False
    change_improvement(act, found.id, {"parent_id": parent_id})
    return True


def open_rung(act: Acting, wave: Wave, role: Role, switches: Sequence[Switch]) -> None:
    """Plan the rung of a wave, with everybody in it asked to take part; single rights have none."""
    if role.single:
        return
    count = len(switches)
    what = f"{people(count)} get their rights by the role {role.name}."
    if wave.brings_version:
        what = f"{people(count)} get a new version of the role {role.name}."
    plan = {
        "what_changes": what,
        "planned_size": count,
    }
    asked = _who(act.session, switches)
    wave.iteration_id = ladder.open_rung(act, improvement_of(act, role), plan, asked)
    taking = ladder.rung_people(act.session, wave.iteration_id)
    numbers = {one.person_id: one.id for one in taking}
    for switch in switches:
        switch.participation_id = numbers[switch.person_id]


def begin_rung(act: Acting, wave: Wave) -> None:
    """Start the rung of a wave, because its plan was approved.

    Raises ``Refused`` while an earlier wave of the role waits for its decision.
    """
    if wave.iteration_id is None:
        return
    open_one = ladder.open_rung_of(act.session, improvement_of(act, wave.role))
    if open_one == wave.iteration_id:
        return
    if open_one is not None:
        raise Refused(_undecided(act.session, open_one, wave.role.name))
    ladder.begin_rung(act, wave.iteration_id)


def tell_rungs(act: Acting, switches: Iterable[Switch]) -> None:
    """Tell the ladder where people stand by their switches, all at once."""
    told = {
        one.participation_id: standing
        for one in switches
        if one.participation_id is not None and (standing := _standing(one)) is not None
    }
    if told:
        ladder.tell_people(act, told)


def tell_left(act: Acting, switches: Iterable[Switch]) -> None:
    """Tell the ladder that people are left out by whom the plan was given back."""
    numbers = (switch.participation_id for switch in switches)
    left = {number: StandingTold(None) for number in numbers if number is not None}
    if left:
        ladder.tell_people(act, left)


def end_rung(act: Acting, wave: Wave, reason: str = "") -> None:
    """End the rung of a wave by which nobody is in the role."""
    if wave.iteration_id is not None:
        ladder.end_rung(act, wave.iteration_id, reason.strip() or NOBODY_MOVED)


def _standing(switch: Switch) -> StandingTold | None:
    if switch.state is SwitchState.UNDOING:
        return StandingTold(None, wants_back=True)
    if switch.state is SwitchState.STALE:
        return StandingTold(None, switch.reason)
    to = STANDS.get(switch.state)
    if to is None:
        return None
    return StandingTold(to, switch.reason or NO_REASON, switch.confirmed_by)


def _who(session: Session, switches: Sequence[Switch]) -> list[Who]:
    ids = [switch.person_id for switch in switches]
    columns = Person.id, Person.name, Site.id.label("site_id")
    there = func.lower(Site.name) == func.lower(Person.site)
    rows = session.execute(
        select(*columns).outerjoin(Site, there).where(Person.id.in_(ids))
    )
    named = {
        row.id: Who(row.name, person_id=row.id, site_id=row.site_id) for row in rows
    }
    return [named[number] for number in ids]


def _undecided(session: Session, rung_id: int, role: str) -> str:
    wave = session.scalar(select(Wave.number).where(Wave.iteration_id == rung_id))
    if wave is None:
        return said(
            "A rung of the role %(role)s waits for its decision; decide it first.",
            role=role,
        )
    return said(
        "Wave %(number)s of %(role)s waits for its decision: say what follows from it "
        "first.",
        number=wave,
        role=role,
    )
