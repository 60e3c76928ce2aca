"""Rungs on the command line, from an idea to the decision; N is always the improvement."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from app.auth.console import actor
from app.core.errors import Refused
from app.core.figures import people
from app.core.parts import parts
from app.core.said import said
from app.core.terminal import command, emit, group
from app.improvements.climb.actions import Begin, begin, next_rung
from app.improvements.climb.queries import (
    decided_rung,
    open_rung,
    planned_rung,
    seats_of,
)
from app.improvements.crowd.actions import move_many
from app.improvements.gate.queries import standing_of
from app.improvements.people.actions import MoveSaid
from app.improvements.queries import get_improvement
from app.improvements.register.actions import raise_improvement
from app.improvements.rules import WORDS
from app.improvements.rungs import closing
from app.improvements.rungs.actions import rehearse_undo, review
from app.improvements.rungs.days import WindowDays, correct_days
from app.improvements.templates.actions import start_from
from app.models.improvements.iteration import Iteration
from app.models.improvements.words import (
    DecisionKind,
    IterationState,
    Level,
    ParticipationState,
)

DAY = click.DateTime(formats=["%Y-%m-%d"])
NUMBER = click.IntRange(1)
LEVELS = click.Choice([level.value for level in Level])
STATES = {
    "ready": ParticipationState.PREPARED,
    "using": ParticipationState.SWITCHED,
    "works": ParticipationState.ACCEPTED,
    "undone": ParticipationState.UNDONE,
    "prepared": ParticipationState.PREPARED,
    "switched": ParticipationState.SWITCHED,
    "observing": ParticipationState.SWITCHED,
    "accepted": ParticipationState.ACCEPTED,
}
"""Where people of a rung go, as it is typed and as it was typed before."""
OF = click.argument("improvement_id", metavar="N", type=NUMBER)


@command("raise")
@click.argument("title")
@click.option("--template", default="", help="The template to start from, by its key.")
def raised(title: str, template: str) -> None:
    """Raise an improvement called TITLE."""
    with parts().acting(actor()) as act:
        made = (
            start_from(act, template, title)
            if template
            else raise_improvement(act, title)
        )
        data = {"improvement": made.id, "title": made.title}
    emit(data, f"Raised improvement {data['improvement']}: {data['title']}")


@group("iteration")
def iteration() -> None:
    """Rungs of improvements: begun, looked at, decided. N is the improvement."""


@iteration.command("show")
@OF
def show(improvement_id: int) -> None:
    """Say how the latest rung of N stands, what is in the way and what is offered next."""
    with parts().database.read() as session:
        found = _latest(session, improvement_id)
        data = _told(session, found)
    _show(data)


@iteration.command("start")
@OF
@click.option("--who", multiple=True, help="Who tries it; give it once for each.")
@click.option(
    "--what", default="", help="What changes; unless said, what is planned stays."
)
@click.option("--until", type=DAY, help="The last day; in 14 days unless said.")
@click.option("--owner", default="", help="Who owns it; you unless said.")
@click.option("--step", default="", help="What happens next.")
@click.option("--hours", type=float, help="Hours the two people may spend.")
@click.option(
    "--desk/--no-desk", default=None, help="Whether the service desk is involved."
)
@click.option("--risk", type=LEVELS, help="How risky it is.")
@click.option("--cost", type=LEVELS, help="How costly it is.")
@click.option("--simple-reason", default="", help="Why it is not simpler.")
@click.option("--size-reason", default="", help="Why it is larger than advised.")
@click.option(
    "--reason", default="", help="Why there is room for one more in progress."
)
def start(
    improvement_id: int,
    who: tuple[str, ...],
    what: str,
    until: datetime | None,
    **more: Any,
) -> None:
    """Start the next rung of N: the one that was planned, or a new one."""
    plan = {
        "what_changes": what,
        "ends_on": until.date() if until else None,
        "budget_hours": more["hours"],
        "risk_level": Level(more["risk"]) if more["risk"] else None,
        "cost_level": Level(more["cost"]) if more["cost"] else None,
        "simple_reason": more["simple_reason"],
        "size_reason": more["size_reason"],
    }
    wanted = Begin(
        names=who,
        plan={name: value for name, value in plan.items() if value},
        owner=more["owner"],
        step=more["step"],
        room=more["reason"],
        wip_limit=parts().settings.wip_limit,
        desk=more["desk"],
    )
    with parts().acting(actor()) as act:
        made = begin(act, improvement_id, wanted)
        data = _told(act.session, made)
    _show(data)


@iteration.command("days")
@OF
@click.option("--since", type=DAY, help="From when the change holds.")
@click.option("--until", type=DAY, help="The last day.")
@click.option("--not-before", type=DAY, help="No verdict before this day.")
@click.option("--reason", required=True, help="Why the days are put right.")
def days(improvement_id: int, reason: str, **given: datetime | None) -> None:
    """Put the days of the latest rung of N right, as after a clock that was wrong."""
    said_days = {name: at.date() for name, at in given.items() if at}
    with parts().acting(actor()) as act:
        rung = _latest(act.session, improvement_id)
        wanted = WindowDays(
            said_days.get("since", rung.changed_on),
            said_days.get("until", rung.ends_on),
            said_days.get("not_before", rung.verdict_not_before),
            reason,
        )
        data = _told(act.session, correct_days(act, rung.id, wanted))
    _show(data)


@iteration.command("move")
@OF
@click.argument(
    "state", type=click.Choice(list(STATES)), metavar="ready|using|works|undone"
)
@click.option("--who", multiple=True, help="Only these of its people; all unless said.")
@click.option("--confirmed-by", default="", help="Who says that it works.")
@click.option("--reason", default="", help="Why they go back.")
def move(
    improvement_id: int,
    state: str,
    who: tuple[str, ...],
    confirmed_by: str,
    reason: str,
) -> None:
    """Note where the people of the rung of N stand: ready, using, works or undone."""
    with parts().acting(actor()) as act:
        rung = _open(act.session, improvement_id)
        told = MoveSaid(act.now, reason, confirmed_by)
        seats = seats_of(act.session, rung.id, who)
        move_many(act, rung.id, seats, STATES[state], told)
        data = _told(act.session, rung)
    _show(data)


@iteration.command("rehearse")
@OF
@click.argument("seconds", type=click.IntRange(0))
def rehearse(improvement_id: int, seconds: int) -> None:
    """Note that the undo of the rung of N was tried and took SECONDS."""
    with parts().acting(actor()) as act:
        rung = rehearse_undo(act, _open(act.session, improvement_id).id, seconds)
        data = _told(act.session, rung)
    _show(data)


@iteration.command("review")
@OF
def look(improvement_id: int) -> None:
    """Look at the running rung of N: the gate says what may follow."""
    with parts().acting(actor()) as act:
        rung = review(act, _open(act.session, improvement_id).id)
        data = _told(act.session, rung)
    _show(data)


@iteration.command("decide")
@OF
@click.argument("kind", type=click.Choice([one.value for one in DecisionKind]))
@click.option("--reason", default="", help="Why; an override needs it.")
def decide(improvement_id: int, kind: str, reason: str) -> None:
    """Decide what follows from the rung of N that is under review."""
    with parts().acting(actor()) as act:
        rung = _latest(act.session, improvement_id)
        closing.decide(act, rung.id, DecisionKind(kind), reason)
        data = _told(act.session, rung)
    _show(data)


@iteration.command("next")
@OF
def following(improvement_id: int) -> None:
    """Plan the rung that follows the last decision of N, as the template offers it."""
    with parts().acting(actor()) as act:
        last = decided_rung(act.session, improvement_id)
        if last is None:
            raise Refused(said("No rung was decided yet."))
        data = _told(act.session, next_rung(act, last.id))
    _show(data)


def _open(session: Session, improvement_id: int) -> Iteration:
    get_improvement(session, improvement_id)
    found = open_rung(session, improvement_id)
    if found is None:
        raise Refused(said("No rung is running."))
    return found


def _latest(session: Session, improvement_id: int) -> Iteration:
    get_improvement(session, improvement_id)
    found = (
        open_rung(session, improvement_id)
        or planned_rung(session, improvement_id)
        or decided_rung(session, improvement_id)
    )
    if found is None:
        raise Refused(said("There is no rung yet."))
    return found


def _told(session: Session, rung: Iteration) -> dict[str, Any]:
    one = get_improvement(session, rung.improvement_id)
    standing = standing_of(session, one, rung, parts().now().date())
    seats = standing.scene.people(rung)
    decision = standing.scene.decisions.get(rung.id)
    under_way = rung.state in (IterationState.RUNNING, IterationState.REVIEWING)
    return {
        "improvement": one.id,
        "rung": rung.number,
        "state": rung.state.value,
        "what": rung.what_changes,
        "size": rung.planned_size,
        "until": rung.ends_on,
        "people": [{"name": seat.name, "state": WORDS[seat.state]} for seat in seats],
        "in_the_way": [check.sentence for check in standing.gate.blocked]
        if under_way
        else [],
        "offered": standing.gate.primary.value if under_way else "",
        "decided": decision.kind.value if decision else "",
    }


def _show(data: dict[str, Any]) -> None:
    emit(data, _lines(data))


def _lines(data: dict[str, Any]) -> list[str]:
    head = (
        f"Rung {data['rung']} of improvement {data['improvement']} is {data['state']}"
    )
    ahead = data["until"] and data["state"] in ("planned", "running")
    ends = f" until {data['until']}" if ahead else ""
    size = "" if data["people"] else f", for {people(data['size'])}"
    lines = [f"{head}{ends}{size}.", data["what"]]
    lines += [f"{one['name']}: {one['state']}" for one in data["people"]]
    lines += [f"In the way: {line}" for line in data["in_the_way"]]
    if data["offered"]:
        lines.append(f"Offered: {data['offered']}")
    if data["decided"]:
        lines.append(f"Decided: {data['decided']}")
    return [line for line in lines if line]
