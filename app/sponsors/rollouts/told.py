"""Roll-outs as tables and as programs see them."""

from __future__ import annotations

from typing import Any

from app.sponsors.rollouts.queries import RolloutLine, RolloutPage

HEAD = ("rollout", "improvement", "title", "state", "starts", "weeks", "users", "desk")
SHEET_HEAD = (
    "week of",
    "users x rate x decay",
    "50 %",
    "90 %",
    "like before",
    "actual",
    "hours needed",
    "hours there",
)


def told(line: RolloutLine) -> dict[str, Any]:
    """Return a roll-out as programs see it."""
    row = line.row
    values = (
        row.id,
        row.improvement_id,
        row.title,
        row.state.value,
        row.starts_on.isoformat(),
        row.weeks,
        row.users,
        row.desk_member,
    )
    return dict(
        zip(
            HEAD,
            values,
            strict=True,
        )
    )


def sheet(page: RolloutPage) -> list[list[Any]]:
    """Return the weeks of a roll-out as rows."""
    return [
        [
            week.starts.isoformat(),
            week.expected,
            week.band.half,
            week.band.nine,
            week.analogue,
            week.actual,
            week.hours,
            page.one.hours_there,
        ]
        for week in page.weeks()
    ]


def told_whole(page: RolloutPage) -> dict[str, Any]:
    """Return a roll-out with its weeks and what has to be there."""
    items = [
        {
            "kind": item.kind.value,
            "who": item.who,
            "what": item.text,
            "done": bool(item.done_on),
        }
        for item, _article in page.items
    ]
    weeks = [
        dict(
            zip(
                SHEET_HEAD,
                row,
                strict=True,
            )
        )
        for row in sheet(page)
    ]
    there = {"has it": page.one.has_it, "missing": [str(why) for why in page.missing]}
    return {**told(page.line), **there, "items": items, "sheet": weeks}
