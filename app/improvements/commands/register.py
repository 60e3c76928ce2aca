"""Improvements on the command line: raise, list, look at, move, say what happens next."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click

from app.auth.console import actor
from app.auth.rules import NAMES
from app.core.parts import parts
from app.core.plain import fields, ref
from app.core.table_columns import Said
from app.core.terminal import MONTH_FIRST, emit, group, table
from app.core.texts import decoded
from app.core.trail import about, history
from app.improvements.actions.importing import import_register
from app.improvements.actions.register import move as move_improvement
from app.improvements.actions.register import raise_improvement, reopen_drifted, set_next_step
from app.improvements.actions.templates import start_from
from app.improvements.commands.options import DAY, IMPROVEMENT, REASON, one_of
from app.improvements.queries.judging import scene_of
from app.improvements.queries.overview import drifted_among, embedded
from app.improvements.queries.register import (
    SORTS,
    RegisterFilter,
    RegisterLine,
    attention_lines,
    get_improvement,
    improvement_lines,
)
from app.models.improvements.words import ImprovementKind, ImprovementState

MOST = 100_000


@group("improvement")
def improvement() -> None:
    """Improvements: raised, accepted, climbed rung by rung, embedded or stopped with learning."""


@improvement.command("raise")
@click.argument("title", default="")
@click.option(
    "--template",
    metavar="KEY",
    help="Start from this template; its title is used unless one is given.",
)
@click.option("--kind", type=one_of(ImprovementKind), help="What it changes.")
@click.option("--owner", help="The one who owns it: an operator, or a uid of the directory.")
@click.option("--vision", help="What will be better, and for whom.")
@click.option("--service", help="The service it is about.")
def raise_(title: str, template: str | None, **given: str | None) -> None:
    """Raise an improvement. The title is enough."""
    by = actor()
    values = {name: value for name, value in given.items() if value is not None}
    with parts().acting(by) as act:
        if template:
            made = start_from(act, template, title, values)
        else:
            made = raise_improvement(act, title, values)
        data = {"improvement": made.id, "title": made.title, "state": made.state}
    emit(data, f"Raised improvement {made.id}: {made.title}.")


@improvement.command("list")
@click.option(
    "--state", type=one_of(ImprovementState), default=None, help="Only those that stand here."
)
@click.option("--owner", default="", help="Only those of one owner.")
@click.option("--text", "q", default="", help="Only those with these words.")
@click.option(
    "--sort",
    type=click.Choice(list(SORTS)),
    default="rank",
    help="In which order; by rank unless said.",
)
@click.option("--attention", is_flag=True, help="Only those that need attention, with the reason.")
def list_improvements(state: str | None, owner: str, q: str, sort: str, attention: bool) -> None:
    """List improvements, the one to take up next first."""
    wanted, today = RegisterFilter(q=q, state=state or "", owner=owner), parts().now().date()
    with parts().database.read() as session:
        lines = improvement_lines(session, wanted, sort, today, limit=MOST)
        if attention:
            shown = {line.id for line in lines}
            lines = [line for line in attention_lines(session, today) if line.id in shown]
    data = [_told(line) for line in lines]
    header = ("N", "Title", "State", "Owner", "Score", "Next step", "Due", "Attention")
    rows = [
        (
            line.id,
            line.title,
            line.state,
            line.owner,
            _score(line),
            line.next_what,
            line.next_due,
            _first(line),
        )
        for line in lines
    ]
    emit(
        {"improvements": data},
        table(header, rows) or "No improvements here. `rung improvement raise TITLE` raises one.",
    )


@improvement.command("show")
@IMPROVEMENT
def show(improvement_id: int) -> None:
    """Show improvement N with its metrics, its iterations and what was done last."""
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
        scene, events = scene_of(session, one), history(session, about(ref(one)), NAMES, limit=5)
        iterations = [
            {
                "iteration": each.id,
                "number": each.number,
                "state": each.state,
                "people": [person.name for person in scene.people(each)],
                "decision": scene.decisions[each.id].kind if each.id in scene.decisions else None,
            }
            for each in scene.iterations
        ]
        metrics = [
            {
                "metric": each.metric.id,
                "name": each.metric.name,
                "role": each.metric.role,
                "unit": each.metric.unit,
                "target": each.metric.target,
                "values": len(each.values),
                "says": each.read(scene.first_start).sentence,
            }
            for each in scene.series
        ]
        data = {**fields(one), "metrics": metrics, "iterations": iterations}
    lines = [f"{one.title} ({one.state}), owner {one.owner or 'nobody yet'}"]
    lines += (
        [f"Next: {one.next_what} ({one.next_who}, until {one.next_due})"] if one.next_what else []
    )
    lines += [f"M {m['metric']} {m['name']}: {m['says']}" for m in metrics]
    lines += [_iteration_line(each) for each in iterations]
    lines += [f"{event.at:%Y-%m-%d %H:%M} {event.actor}: {event.label}" for event in events]
    emit(data, lines)


@improvement.command("move")
@IMPROVEMENT
@click.argument("state", type=one_of(ImprovementState))
@REASON
def move(improvement_id: int, state: str, reason: str) -> None:
    """Move improvement N to STATE; what stands in the way is told.

    Stopping asks what was learned as the reason.
    """
    by = actor()
    with parts().acting(by) as act:
        moved = move_improvement(
            act,
            improvement_id,
            ImprovementState(state),
            reason=reason,
            wip_limit=parts().settings.wip_limit,
        )
    emit({"improvement": moved.id, "state": moved.state}, f"“{moved.title}” is {moved.state} now.")


@improvement.command("next-step")
@IMPROVEMENT
@click.argument("what")
@click.option("--who", required=True, help="Who does it.")
@click.option("--due", type=DAY, help="Until when; in a week unless said, at most 14 days ahead.")
def next_step(improvement_id: int, what: str, who: str, due: date | None) -> None:
    """Say what happens next in improvement N."""
    by, now = actor(), parts().now()
    until = due or now.date() + timedelta(days=7)
    with parts().acting(by) as act:
        one = set_next_step(act, improvement_id, what, who, until)
    data = {"improvement": one.id, "what": one.next_what, "who": one.next_who, "due": one.next_due}
    emit(data, f"Next in “{one.title}”: {one.next_what} ({one.next_who}, until {one.next_due}).")


@improvement.command("drift")
@click.option(
    "--reopen",
    "reopens",
    is_flag=True,
    help="Take them up again; the next step is to look into it.",
)
def drift(reopens: bool) -> None:
    """List embedded improvements whose control metric went the wrong way since."""
    by = actor()
    with parts().acting(by) as act:
        found = (
            reopen_drifted(act) if reopens else drifted_among(act.session, embedded(act.session))
        )
    data = [
        {"improvement": one.improvement_id, "title": one.title, "drift": one.sentence}
        for one in found
    ]
    shown = table(
        ("N", "Title", "Drift"), [(one.improvement_id, one.title, one.sentence) for one in found]
    )
    emit({"drifted": data, "reopened": reopens}, shown or "Nothing drifted.")


@improvement.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--keep-good", is_flag=True, help="Raise the lines that can be used even if others cannot."
)
@MONTH_FIRST
def import_(file: Path, keep_good: bool, months_first: bool | None) -> None:
    """Raise every line of a register in CSV."""
    by, said = actor(), Said(months_first=months_first)
    with parts().acting(by) as act:
        found = import_register(act, decoded(file.read_bytes()), said=said, keep_good=keep_good)
    rejects = [{"line": each.line, "why": list(each.why)} for each in found.rejects]
    lines = [f"Raised {len(found.rows)} improvements."]
    lines += [f"Line {each.line}: {' '.join(each.why)}" for each in found.rejects]
    emit({"raised": len(found.rows), "rejects": rejects, "ignored": list(found.ignored)}, lines)


def _told(line: RegisterLine) -> dict[str, Any]:
    return {
        "improvement": line.id,
        "title": line.title,
        "state": line.state,
        "kind": line.kind,
        "owner": line.owner,
        "score": float(line.estimate.score) if line.estimate.score is not None else None,
        "next_step": {"what": line.next_what, "who": line.next_who, "due": line.next_due}
        if line.next_what
        else None,
        "required_by": line.required_by,
        "votes": line.votes,
        "iterations": line.iterations,
        "attention": list(line.attention),
    }


def _score(line: RegisterLine) -> str:
    return "" if line.estimate.score is None else f"{float(line.estimate.score):.2f}"


def _first(line: RegisterLine) -> str:
    return line.attention[0] if line.attention else ""


def _iteration_line(told: dict[str, Any]) -> str:
    stands = f"decided: {told['decision']}" if told["decision"] else told["state"]
    people = ", ".join(told["people"]) or "nobody yet"
    return f"I {told['iteration']} rung {told['number']}, {stands} ({people})"
