"""Where what is still to do is done: a line of a list leads to its field, and back to the list."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import url_for

from app.improvements.blueprint import iteration_page_of, page_of
from app.improvements.register.forms import PARTS
from app.models.improvements.words import ImprovementState

PLANNED = (
    "what_changes",
    "ends_on",
    "budget_hours",
    "expected",
    "risk_level",
    "cost_level",
    "size_reason",
    "confidence",
    "simple_reason",
)
"""What stands in the plan of a rung."""

SHOWN = ("pulse", "incidents_quiet", "support_change")
"""What is written down of a rung while it runs."""

ON_ITS_PAGE = {"names": "invite", "people": "people", "seconds": "undo"}
"""What is done on the page of the rung itself, and in which part of it."""


def todo_url(line: str, improvement_id: int, rung_id: int = 0, back: str = "") -> str:
    """Return where a line that says what is missing is settled, "" where it names no field. After
    saving, ``back`` is shown again.
    """
    field = getattr(line, "field", "")
    place, sharp, anchor = _place(field, improvement_id, rung_id).partition("#")
    if not place:
        return ""
    if sharp and place == back.partition("#")[0]:
        return sharp + anchor
    sign = "&" if "?" in place else "?"
    told = urlencode({"focus": STEP.get(field, field), "back": back})
    return f"{place}{sign}{told}{sharp}{anchor}"


STEP = {"next_what": "what", "next_who": "owner", "next_due": "due"}
"""The next step is the first task: what its fields are called there."""

PLACES = {
    "number": "improvements.improvement_number",
    "watched": "improvements.improvement_measures",
    "guardrails": "improvements.improvement_measures",
    "costs": "improvements.cost_new",
    **dict.fromkeys(STEP, "improvements.improvement_next"),
}


def _place(field: str, number: int, rung_id: int) -> str:
    kind, _colon, row = field.partition(":")
    if row.isdecimal():
        return _page_of_row(kind, int(row))
    if field in PLACES:
        return url_for(
            PLACES[field],
            improvement_id=number,
        )
    if field == "rungs":
        return page_of(number) + "?step=5#outline"
    if rung_id and field in ON_ITS_PAGE:
        return iteration_page_of(rung_id, ON_ITS_PAGE[field])
    if field == "state":
        to = ImprovementState.IN_PROGRESS.value
        return url_for(
            "improvements.improvement_move",
            improvement_id=number,
            to=to,
        )
    for names, endpoint in (
        (PLANNED, "improvements.iteration_edit"),
        (SHOWN, "improvements.iteration_shown"),
    ):
        if field in names and rung_id:
            return url_for(endpoint, iteration_id=rung_id)
    for part, (form, _title) in PARTS.items():
        if field and hasattr(form, field):
            return url_for(
                "improvements.improvement_edit", improvement_id=number, part=part
            )
    return ""


def _page_of_row(kind: str, number: int) -> str:
    if kind == "finding":
        return url_for("improvements.finding", finding_id=number)
    return iteration_page_of(number, "gate")
