"""The incidents room on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from app.auth.console import actor
from app.core.errors import Invalid
from app.core.formulas import written
from app.core.parts import parts
from app.core.plain import fields
from app.core.table_columns import Said
from app.core.terminal import MONTH_FIRST, emit, group, table
from app.core.texts import decoded_with_name
from app.incidents.answering.actions import Reply, reply
from app.incidents.hands import actions as hands_actions
from app.incidents.hands.actions import HandOver
from app.incidents.hands.queries import delay_of
from app.incidents.page.queries import scene_of
from app.incidents.queries import conversation_of
from app.incidents.queue.lines import standing_of
from app.incidents.queue.queries import View, queue_lines, viewer_of
from app.incidents.queue.rules import reason
from app.incidents.restoration import actions as restoration_actions
from app.incidents.takeover.actions import take_over
from app.incidents.takeover.rules import MEANINGS, Reject, read_backlog
from app.incidents.work import actions as work_actions
from app.models.incidents.incident import Incident
from app.models.people import Team

NUMBER = click.argument("incident_id", metavar="N", type=click.IntRange(1))
FORMATS = ["%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S%z"]
SECRET = ("mail_token",)


@group("incident")
def incident() -> None:
    """Incidents: in the order in which they are taken up, handed over, restored and closed."""


@incident.command("list")
@click.option(
    "--view",
    type=click.Choice([one.value for one in View]),
    default="all",
    help="Which part of it.",
)
@click.option(
    "--text",
    default="",
    help="Only those with these words in title or requester, or with this number.",
)
@click.option(
    "--limit",
    type=click.IntRange(1, 100_000),
    default=50,
    help="How many at most; 50 unless said.",
)
def list_incidents(view: str, text: str, limit: int) -> None:
    """List the queue, the incident to take up next first, each with the reason for its place."""
    now = parts().now()
    with parts().database.read() as session:
        viewer = viewer_of(session, actor(), now)
        lines = queue_lines(session, viewer, View(view), text, limit=limit)
    data = [
        {
            "incident": one.id,
            "title": one.title,
            "priority": one.priority,
            "rank": one.rank,
            "reason": one.reason(now),
            "state": one.state,
            "service": one.service,
            "team": one.team,
            "agent": one.agent,
            "site": one.site,
            "requester": one.requester,
            "reported_at": one.reported_at,
            "target_at": one.target_at,
            "hand_overs": one.hand_overs,
            "bounces": one.bounces,
            "bounce_locked": one.bounce_locked_at is not None,
        }
        for one in lines
    ]
    rows = [
        (
            one.id,
            f"P{one.priority}",
            one.title,
            one.team,
            one.agent,
            one.state,
            one.reason(now),
        )
        for one in lines
    ]
    text_ = table(("N", "Prio", "Title", "Team", "Agent", "State", "Why here"), rows)
    emit({"incidents": data}, text_ or "Nothing stands here.")


@incident.command("show")
@NUMBER
def show(incident_id: int) -> None:
    """Show an incident: where it stands, in whose hands it was, what happened."""
    now = parts().now()
    with parts().database.read() as session:
        scene = scene_of(session, incident_id)
        events = conversation_of(session, incident_id)
        delay = delay_of(session, scene.incident, now)
    one = scene.incident
    data = {
        name: value for name, value in fields(one).items() if name not in SECRET
    } | {
        "incident": one.id,
        "service": scene.service.name if scene.service else None,
        "team": scene.team.name if scene.team else None,
        "site": scene.site.name if scene.site else None,
        "reason": reason(standing_of(one, one.target_at - now)),
        "hands": [
            {"team": stay.team, "hours": stay.held.total_seconds() / 3600}
            for stay in delay.stays
        ],
        "cost_of_delay": {"amount": round(delay.cost, 2), "currency": delay.currency},
        "events": [
            {
                "at": each.at,
                "kind": each.kind,
                "by": each.by,
                "text": each.text,
                "public": each.public,
            }
            for each in events
        ],
    }
    emit(data, _incident_told(one, data, events))


@incident.command("hand-over")
@NUMBER
@click.option("--team", required=True, help="The team that gets it, by its name.")
@click.option(
    "--reason",
    default="",
    help="What was found, and why that team; there is none without.",
)
@click.option(
    "--unknown", is_flag=True, help="Nobody knows the facts the service needs."
)
def hand_over(incident_id: int, team: str, reason: str, unknown: bool) -> None:
    """Hand an incident to another team; the same rules hold as on the page."""
    with parts().acting(actor()) as act:
        goal = act.session.scalar(
            select(Team.id).where(Team.name == team, Team.retired_at.is_(None))
        )
        if goal is None:
            raise Invalid(f"There is no team {team}.", field="team")
        told = HandOver(goal, reason, unknown=unknown)
        one = hands_actions.hand_over(act, incident_id, told)
        data = {
            "incident": one.id,
            "team": team if one.team_id == goal else None,
            "asked": one.asked_team_id is not None,
            "hand_overs": one.hand_overs,
            "bounces": one.bounces,
            "bounce_locked": one.bounce_locked_at is not None,
        }
    done = (
        f"The owner is asked to hand it to {team}."
        if data["asked"]
        else f"{team} has incident {incident_id} now."
    )
    emit(
        data,
        [
            done,
            *(
                ["It is locked: only the service owner moves it now."]
                if data["bounce_locked"]
                else []
            ),
        ],
    )


@incident.command("restore")
@NUMBER
@click.option("--what", default="", help="What restored it.")
@click.option(
    "--at", type=click.DateTime(FORMATS), help="Since when it works; now unless said."
)
@click.option("--cause", default="", help="The cause, if it is known.")
def restore(incident_id: int, what: str, at: datetime | None, cause: str) -> None:
    """Say that it works again. Closing comes later."""
    with parts().acting(actor()) as act:
        one = restoration_actions.restore(act, incident_id, what, at=at, cause=cause)
        data = {"incident": one.id, "state": one.state, "restored_at": one.restored_at}
    emit(data, f"Incident {incident_id} is restored.")


@incident.command("close")
@NUMBER
def close(incident_id: int) -> None:
    """Close a restored incident."""
    with parts().acting(actor()) as act:
        one = restoration_actions.close(act, incident_id)
        data = {"incident": one.id, "state": one.state, "closed_at": one.closed_at}
    emit(data, f"Incident {incident_id} is closed.")


@incident.command("note")
@NUMBER
@click.argument("text")
@click.option(
    "--public",
    is_flag=True,
    help="An answer: by mail, and on their page.",
)
def note(incident_id: int, text: str, public: bool) -> None:
    """Write TEXT down on an incident."""
    with parts().acting(actor()) as act:
        message = None
        if public:
            message = reply(act, incident_id, Reply(text))
        else:
            work_actions.note(act, incident_id, text)
        mailed = message.id if message else None
    data = {"incident": incident_id, "public": public, "message": mailed}
    way = "; it goes out by mail" if mailed else ""
    emit(data, f"Written down on incident {incident_id}{way}.")


def _incident_told(one: Incident, data: dict[str, Any], events: list[Any]) -> list[str]:
    lines = [
        f"{one.id}: {one.title}",
        f"{one.state.value}; {data['reason']}",
        f"with {data['team'] or 'no team'}, {one.agent or 'nobody'}; service "
        f"{data['service'] or 'not named'}",
    ]
    lines += [
        f"{hand['team'] or 'nobody'}: {hand['hours']:.1f} h" for hand in data["hands"]
    ]
    rows = [
        (event.at, event.kind, event.by, event.text.replace("\n", " "))
        for event in events
    ]
    return [*lines, "", table(("At", "What", "By", "Text"), rows)]


BATCH = 500


@incident.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--tool",
    default="import",
    help="Where it comes from; its numbers are remembered under this name.",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    help="What a heading holds, as in title=Betreff; repeat.",
)
@click.option(
    "--state",
    "states",
    multiple=True,
    help="What a word for a state means, as in Lost=closed; repeat.",
)
@MONTH_FIRST
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep what is not taken in this file.",
)
@click.option(
    "--preview", is_flag=True, help="Say what would be taken, and take nothing."
)
def import_file(
    file: Path,
    tool: str,
    columns: tuple[str, ...],
    states: tuple[str, ...],
    months_first: bool | None,
    rejects: Path | None,
    preview: bool,
) -> None:
    """Take over the incidents of the CSV in FILE; those that are there already are left alone."""
    by, now = actor(), parts().now()
    text, encoding = decoded_with_name(file.read_bytes())
    words = {"state": _pairs("--state", states, MEANINGS)}
    said = Said(
        _pairs("--column", columns), words, months_first, parts().settings.timezone
    )
    found = read_backlog(text, now, said)
    rows, bad = found.rows, list(found.rejects)
    taken = 0
    for start in range(0, 0 if preview else len(rows), BATCH):
        with parts().acting(by) as act:
            count, broken = take_over(act, tool, rows[start : start + BATCH])
        taken += count
        bad += broken
    if rejects is not None:
        _keep(rejects, bad)
    why = [{"line": each.line, "why": each.why} for each in bad]
    data = {"encoding": encoding, "rows": len(rows), "taken": taken, "rejects": why}
    lines = [f"Line {each.line}: {each.why}." for each in bad]
    emit(
        data,
        [
            f"{encoding}: {len(rows)} can be taken, {taken} were new, {len(bad)} rejected.",
            *lines,
        ],
    )


def _keep(path: Path, bad: Sequence[Reject]) -> None:
    heads = list(bad[0].cells if bad else ())
    rows = [
        (each.line, each.why, *(each.cells.get(head, "") for head in heads))
        for each in bad
    ]
    path.write_text(written(["line", "why", *heads], rows), encoding="utf-8")


def _pairs(
    option: str, given: Sequence[str], allowed: Sequence[str] = ()
) -> dict[str, str]:
    """Return NAME=VALUE options as a mapping. Raises ``UsageError`` for one without “=”."""
    pairs = {}
    for each in given:
        name, equals, value = each.rpartition("=") if allowed else each.partition("=")
        if not equals or not name or not value or (allowed and value not in allowed):
            wanted = f"WORD={'|'.join(allowed)}" if allowed else "NAME=HEADING"
            raise click.UsageError(f"{option} wants {wanted}, not “{each}”.")
        pairs[name] = value
    return pairs


COMMANDS = [incident]
