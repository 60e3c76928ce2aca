"""How people of the demo company come into roles: planned in a story, carried out by the engine as
a worker does it, only earlier.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import select

from app.access.fit.queries import rights_held
from app.access.plan.actions import default_choices, plan
from app.access.plan.values import KeptOutside
from app.access.queries import load_role
from app.access.roles.actions import RoleDraft, create_role, stand_under
from app.access.waves.confirming import confirm
from app.access.waves.running import run_due_waves
from app.core.acting import Acting
from app.core.parts import Parts
from app.incidents.clocks.actions import run_due_escalations
from app.incidents.inform.actions import run_due_reminders
from app.models.access.role import Role
from app.models.access.wave import Wave
from app.models.access.words import Realisation
from app.models.improvements.improvement import Improvement
from app.models.improvements.words import ImprovementKind
from app.people.queries import find_person
from app.upkeep.stories.player import tell

CARRIED_OUT = timedelta(hours=26)
JUDGED = timedelta(hours=2)


def tell_of_today(parts: Parts, *, by: str) -> None:
    """Tell what waits for each of the sign-ins, and carry out what was approved."""
    with parts.acting(by) as act:
        told = tell(act, "today")
    if not told:
        return
    run_due_waves(as_of(parts, CARRIED_OUT))
    run_due_escalations(as_of(parts, JUDGED))
    run_due_reminders(as_of(parts, JUDGED))
    with parts.acting(by) as act:
        wave = act.session.scalars(select(Wave).order_by(Wave.id).limit(1)).one()
        tell(act, "seen", {"wave": wave.id, "role": wave.role_id})


def as_of(parts: Parts, ago: timedelta) -> Parts:
    """Return the parts as they work some time ago."""
    return replace(parts, now=partial(_same, parts.now() - ago))


def _same(moment: datetime) -> datetime:
    return moment


def role_like(act: Acting, name: str, like: str, owner: str, reason: str) -> Role:
    """Make a role of what somebody holds, answered for by somebody else, under the programme for
    roles.
    """
    person = find_person(act.session, like, None)
    rights = dict.fromkeys(rights_held(act.session, person.id), reason)
    owner_id = find_person(act.session, owner, None).id
    draft = RoleDraft(name, rights, owner_id=owner_id, realisation=Realisation.NESTED)
    made = create_role(act, person.directory_id, draft)
    programmes = select(Improvement.id).where(
        Improvement.kind == ImprovementKind.ACCESS
    )
    programme = act.session.scalars(programmes.order_by(Improvement.id)).first()
    return stand_under(
        act,
        made.id,
        programme,
    )


def planned(
    act: Acting,
    role_id: int,
    people: Sequence[str],
    kept: dict[str, str | date] | None = None,
    beside: str = "",
) -> Wave:
    """Plan a wave for people by their accounts; what they hold besides is kept as told, and
    ``beside`` says why it begins while another role is not decided.
    """
    role = load_role(act.session, role_id)
    numbers = [find_person(act.session, uid, role.directory_id).id for uid in people]
    told = kept and KeptOutside(**{name: _plain(one) for name, one in kept.items()})
    today = act.now.date()
    choices = default_choices(
        act.settings, role.name, act.by, today, kept=told or None, beside=beside
    )
    return plan(act, role_id, numbers, choices)


def _plain(told: str | date) -> str:
    return told if isinstance(told, str) else f"{told:%Y-%m-%d}"


def seen_working(act: Acting, wave_id: int, uid: str, note: str) -> None:
    """Let somebody be seen working, by the account."""
    confirm(act, wave_id, find_person(act.session, uid, None).id, note=note)
