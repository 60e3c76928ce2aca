"""Visits on the command line."""

from __future__ import annotations

import click

from app.core.parts import parts
from app.core.terminal import emit, group
from app.models.sponsors.words import VisitState
from app.sponsors.visits.queries import USUAL_DAYS, not_visited, visits_known


@group("visit")
def visit() -> None:
    """Visits that are planned and were held, and sites nobody went to."""


@visit.command("list")
@click.option("--all", "ended", is_flag=True, help="Those that are over, too.")
@click.option("--days", type=click.IntRange(1), default=USUAL_DAYS, show_default=True)
def list_(ended: bool, days: int) -> None:
    """List planned visits, and the sites nobody went to for so many days."""
    here = parts()
    with here.database.read() as session:
        known = visits_known(session)
        silent = not_visited(session, here.now().date(), days)
    shown = [
        {
            "visit": one.id,
            "whom": one.whom,
            "kind": one.kind.value,
            "day": one.day.isoformat(),
            "owner": one.owner,
            "state": one.state.value,
            "why": one.why,
            "heard": one.heard,
        }
        for one in known
        if ended or one.state is VisitState.PLANNED
    ]
    missed = [
        {"site": one.name, "last": one.last.isoformat() if one.last else None}
        for one in silent
    ]
    lines = [
        f"{one['visit']} {one['day']} {one['whom']} ({one['state']})" for one in shown
    ]
    lines += [
        f"not visited: {one['site']}, last {one['last'] or 'never'}" for one in missed
    ]
    emit({"visits": shown, "not visited": missed}, lines or "Nothing is planned.")
