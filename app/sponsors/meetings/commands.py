"""Meetings on the command line."""

from __future__ import annotations

from typing import Any

import click

from app.core.parts import parts
from app.core.spoken_times import minute_at
from app.core.terminal import emit, group
from app.improvements.queries import get_improvement
from app.sponsors.meetings.queries import (
    MeetingLine,
    meeting_lines,
    meeting_page,
    meetings_of,
)


@group("meeting")
def meeting() -> None:
    """Meetings about improvements, who came, and what came of them."""


@meeting.command("list")
@click.argument("improvement_id", metavar="[N]", type=click.IntRange(1), required=False)
def list_(improvement_id: int | None) -> None:
    """List the meetings about improvement N, or about all, the latest first."""
    with parts().database.read() as session:
        if improvement_id is None:
            lines = meeting_lines(session)
        else:
            get_improvement(session, improvement_id)
            lines = meetings_of(session, improvement_id)
    told = [_told(line) for line in lines]
    emit({"meetings": told}, [_line(line) for line in lines] or "No meetings.")


@meeting.command("ical")
@click.argument("meeting_id", metavar="M", type=click.IntRange(1))
def ical(meeting_id: int) -> None:
    """Print meeting M as a calendar takes it in."""
    with parts().database.read() as session:
        page = meeting_page(session, meeting_id)
    text = page.entry.ical("rung", parts().now())
    emit({"meeting": meeting_id, "ical": text}, text.replace("\r\n", "\n").rstrip())


def _told(line: MeetingLine) -> dict[str, Any]:
    row = line.row
    return {
        "meeting": row.id,
        "improvement": row.improvement_id,
        "kind": row.kind.value,
        "title": row.title,
        "begins": row.begins_at.isoformat(),
        "minutes": row.minutes,
        "state": row.state.value,
        "audience": row.audience,
        "presenter": row.presenter,
        "invited": line.invited,
        "there": line.there,
    }


def _line(line: MeetingLine) -> str:
    row = line.row
    when = minute_at(row.begins_at, parts().settings.timezone)
    came = f"{line.there} of {line.invited} came" if row.state == "held" else row.state
    return f"{row.id} {when} {row.kind}: {row.title} ({came})"
