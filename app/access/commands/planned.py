"""``wave plan``: whom, and what for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

import click
from sqlalchemy.orm import Session

from app.access.climb.queries import role_ladder
from app.access.commands.data import all_left_out, find_role
from app.access.commands.lookup import told_wave
from app.access.commands.texts import changes_table, plan_lines
from app.access.commands.wave_data import no_plan
from app.access.document import LeftOutPerson
from app.access.fit.queries import everybody_fitting
from app.access.plan import actions as plan_actions
from app.access.plan.asking import AT_ONCE
from app.access.plan.values import (
    THEN,
    USUAL_SOAK,
    KeptOutside,
    PlanChoices,
    PlanOrder,
    planned_soak,
)
from app.access.plan.versions import plan_version
from app.access.plan.working import make_plan
from app.access.queries import load_role
from app.auth.console import actor
from app.core.errors import Refused
from app.core.parts import parts
from app.core.terminal import (
    REFUSED,
    command,
    emit,
    progress_line,
    safe,
    wants_json,
)
from app.directory.actions import bring_up_to_date
from app.directory.queries.lookup import find_right
from app.models.access.role import Role
from app.people.queries import find_person


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was said on the line."""

    people: tuple[str, ...]
    all_fitting: bool
    next_rung: bool
    accept_gain: bool
    accept_gain_of: tuple[tuple[str, str], ...]
    accept_loss: tuple[str, ...]
    reason: str
    keep_until: datetime | None
    keep_owner: str
    keep_reason: str
    soak_days: int | None
    soak_deadline: int | None
    soak_then: str


@command("plan")
@click.argument("role_name", metavar="ROLE")
@click.option(
    "--person",
    "people",
    metavar="PERSON",
    multiple=True,
    help="Somebody to move; repeat.",
)
@click.option(
    "--all-fitting",
    is_flag=True,
    help="Move everybody who holds every right of the role already.",
)
@click.option(
    "--next",
    "next_rung",
    is_flag=True,
    help="Move the people of the next rung: `rung role ladder ROLE` names them.",
)
@click.option(
    "--accept-gain",
    is_flag=True,
    help="Accept that people gain the rights of the role that they lack.",
)
@click.option(
    "--accept-gain-of",
    metavar="PERSON GROUP",
    nargs=2,
    multiple=True,
    help="Accept that one person gains one right, privileged or not; repeat.",
)
@click.option(
    "--accept-loss",
    metavar="GROUP",
    multiple=True,
    help="Accept that people lose this right; repeat.",
)
@click.option(
    "--reason",
    default="",
    help="Why these rights may go; and why a second role begins before one is decided.",
)
@click.option(
    "--keep-until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Until when other rights are kept (YYYY-MM-DD).",
)
@click.option(
    "--keep-owner",
    default="",
    help="Who answers for rights that are kept; you, unless said.",
)
@click.option("--keep-reason", default="", help="Why other rights are kept.")
@click.option(
    "--soak-days",
    type=int,
    help="On how many days each is to be seen before time confirms them; usual: 5.",
)
@click.option(
    "--soak-deadline",
    type=int,
    help="After how many days somebody has to have decided; usual: 14.",
)
@click.option(
    "--soak-then",
    type=click.Choice(THEN),
    default=USUAL_SOAK.then,
    show_default=True,
    help="What is proposed for those whom nobody confirmed by then.",
)
def plan(role_name: str, **said: Any) -> int:
    """Plan a wave of ROLE.

    Nobody loses or gains a right unless you say so; what does not fit is kept for a time.
    """
    wanted = Wanted(**said)
    _check(wanted)
    here, by = parts(), actor()
    with here.database.read() as session:
        found = load_role(session, find_role(session, role_name))
    bring_up_to_date(here, found.directory_id, by=by)
    with here.database.read() as session:
        role = load_role(session, found.id)
        people, choices = (
            _people(session, role, wanted),
            _choices(session, by, role, wanted),
        )
    try:
        wave = _made(role.id, PlanOrder(tuple(people), choices, by))
    except Refused as refused:
        with here.database.read() as session:
            return _nobody(refused, _left_out(session, refused, people))
    with here.database.read() as session:
        told = told_wave(session, wave, here.now())
    advice = f"Another operator approves it: `rung wave approve {told['wave']} --as OPERATOR`."
    emit(told, [*plan_lines(told), changes_table(told["people"]), advice])
    return 0


@command("version")
@click.argument("role_name", metavar="ROLE")
@click.option("--reason", default="", help="Why the rights of the role change.")
@click.option(
    "--without",
    metavar="PERSON",
    multiple=True,
    help="Who keeps the version they have, where rights are given one by one.",
)
def version(role_name: str, reason: str, without: tuple[str, ...]) -> int:
    """Plan the newest version of ROLE for everybody in it: who gains and who loses what."""
    here, by = parts(), actor()
    with here.database.read() as session:
        found = load_role(session, find_role(session, role_name))
    bring_up_to_date(here, found.directory_id, by=by)
    with here.acting(by) as act:
        wave = plan_version(act, found.id, reason=reason, without=without).id
    with here.database.read() as session:
        told = told_wave(session, wave, here.now())
    emit(told, [*plan_lines(told), changes_table(told["people"])])
    return 0


def _made(role_id: int, order: PlanOrder) -> int:
    if len(order.people) <= AT_ONCE:
        return make_plan(parts(), role_id, order)
    with progress_line() as tell:
        heard = partial(tell, "people worked out")
        return make_plan(parts(), role_id, replace(order, tell=heard))


def _check(wanted: Wanted) -> None:
    if not (wanted.people or wanted.all_fitting or wanted.next_rung):
        raise click.UsageError("Say whom: --person PERSON, --all-fitting, or --next.")
    if wanted.accept_loss and not wanted.reason.strip():
        raise click.UsageError("--accept-loss needs --reason.")


def _people(session: Session, role: Role, wanted: Wanted) -> list[int]:
    named = [
        find_person(session, person, role.directory_id).id for person in wanted.people
    ]
    fitting = everybody_fitting(session, role) if wanted.all_fitting else []
    following = _following(session, role) if wanted.next_rung else []
    return list(dict.fromkeys([*named, *fitting, *following]))


def _following(session: Session, role: Role) -> list[int]:
    """Return the people of the next rung. Raises ``Refused`` where there are none."""
    here = parts()
    most = here.settings.max_people_per_wave
    found = role_ladder(session, role.id, here.now(), most)
    if not found.offered:
        raise Refused(found.sentence)
    return [row.person.id for row in found.offered]


def _choices(session: Session, by: str, role: Role, wanted: Wanted) -> PlanChoices:
    until = wanted.keep_until.date().isoformat() if wanted.keep_until else ""
    losses = {
        (None, find_right(session, right, role.directory_id).id): wanted.reason
        for right in wanted.accept_loss
    }
    gains = frozenset(_named_gains(session, role, wanted))
    kept = KeptOutside(wanted.keep_owner.strip(), wanted.keep_reason.strip(), until)
    return plan_actions.default_choices(
        parts().settings,
        role.name,
        by,
        parts().now().date(),
        accept_all_gains=wanted.accept_gain,
        gains=gains,
        kept=kept,
        losses=losses,
        beside=wanted.reason.strip(),
        soak=planned_soak(wanted.soak_days, wanted.soak_deadline, wanted.soak_then),
    )


def _named_gains(
    session: Session, role: Role, wanted: Wanted
) -> Iterator[tuple[int, int]]:
    for person, right in wanted.accept_gain_of:
        found = find_person(session, person, role.directory_id)
        yield found.id, find_right(session, right, role.directory_id).id


def _left_out(
    session: Session, refused: Refused, people: list[int]
) -> tuple[LeftOutPerson, ...]:
    """Return why each is left out; where the role itself cannot be applied, that is why for
    everybody.
    """
    if isinstance(refused, plan_actions.NobodyToMove):
        return refused.plan.left_out
    return all_left_out(session, people, refused.message)


def _nobody(refused: Refused, left_out: tuple[LeftOutPerson, ...]) -> int:
    """Say why nobody can be moved; with --json in the usual shape, so that a script finds who was
    left out.
    """
    if wants_json():
        emit(no_plan(refused.message, left_out))
    reasons = f" ({'; '.join(refused.details)})" if refused.details else ""
    click.echo(safe(f"rung: {refused.message}{reasons}"), err=True)
    return REFUSED
