"""``trial``: rights beyond the roles, switched off for some days to see whether anybody misses
them.
"""

from __future__ import annotations

import click

from app.access.commands.data import Data
from app.access.trial.actions import USUAL_DAYS, bring_back, off_for_good, try_without
from app.access.trial.queries import TrialLine, trials_told
from app.auth.console import actor
from app.core.parts import parts
from app.core.terminal import emit, group, table
from app.directory.actions import bring_up_to_date
from app.directory.queries.lookup import find_right
from app.models.people import Person
from app.people.queries import find_person

NUMBER = click.argument(
    "number",
    metavar="T",
    type=click.IntRange(1),
)


@group("trial")
def trial() -> None:
    """Rights tried without: switched off for some days, back at once, off for good."""


@trial.command("list")
@click.argument(
    "person",
    required=False,
)
@click.option(
    "--all",
    "also_over",
    is_flag=True,
    help="Also those that are over.",
)
def list_trials(person: str | None, also_over: bool) -> None:
    """List what is tried without, the newest first, of everybody or of PERSON."""
    today = parts().now().date()
    with parts().database.read() as session:
        who = find_person(session, person).id if person else None
        found = [
            _told(line, one, is_quiet=line.is_quiet(today))
            for line, one in trials_told(session, who, also_over=also_over)
        ]
    rows = [
        (one["trial"], one["right"], one["person"], one["state"], one["quiet_until"])
        for one in found
    ]
    shown = table(("T", "Right", "Person", "State", "Until"), rows)
    emit({"trials": found}, shown or "Nothing is tried without.")


@trial.command("start")
@click.argument("person")
@click.argument("right", metavar="GROUP")
@click.option(
    "--days",
    type=click.IntRange(1, 90),
    default=USUAL_DAYS,
    show_default=True,
    help="For how many days.",
)
@click.option(
    "--reason",
    required=True,
    help="Why it may go.",
)
def start_trial(person: str, right: str, days: int, reason: str) -> None:
    """Plan to switch the right GROUP of PERSON off for some days; somebody else approves it, and an
    incident of the person on its service brings it back.
    """
    by = actor()
    with parts().database.read() as session:
        who = find_person(session, person)
        what = find_right(session, right, who.directory_id)
    bring_up_to_date(parts(), who.directory_id, by=by)
    with parts().acting(by) as act:
        wave = try_without(act, who.id, what.id, days, reason).id
    told = {"person": who.uid, "right": what.cn, "days": days, "wave": wave}
    emit(told, f"Approve it: `rung wave approve {wave} --as OPERATOR`.")


@trial.command("back")
@NUMBER
@click.option(
    "--reason",
    default="",
    help="Who misses it, and why.",
)
def back_from_trial(number: int, reason: str) -> None:
    """Give the right of trial T back at once; the worker does it."""
    with parts().acting(actor()) as act:
        state = bring_back(act, number, reason).state.value
    parts().ring()
    emit({"trial": number, "state": state}, "It comes back.")


@trial.command("end")
@NUMBER
def end_trial(number: int) -> None:
    """Decide that the right of trial T, which nobody missed for all its days, stays off."""
    with parts().acting(actor()) as act:
        state = off_for_good(act, number).state.value
    emit({"trial": number, "state": state}, "It stays off.")


def _told(line: TrialLine, person: Person, *, is_quiet: bool) -> Data:
    return {
        "trial": line.id,
        "right": line.right,
        "person": person.uid,
        "name": person.name,
        "state": line.state.value,
        "days": line.days,
        "quiet_until": line.quiet_until,
        "quiet": is_quiet,
        "reason": line.reason,
        "objection": line.objection,
        "asked_by": line.asked_by,
        "wave": line.wave_id,
    }
