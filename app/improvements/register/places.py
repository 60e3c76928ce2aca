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
)
"""What stands in the plan of a rung."""


def todo_url(line: str, improvement_id: int, rung_id: int = 0, back: str = "") -> str:
    """Return where a line that says what is missing is settled, "" where it names no field. After
    saving, ``back`` is shown again.
    """
    field = getattr(line, "field", "")
    place = _place(field, improvement_id, rung_id)
    if not place or "#" in place:
        return place
    sign = "&" if "?" in place else "?"
    return place + sign + urlencode({"focus": STEP.get(field, field), "back": back})


STEP = {"next_what": "what", "next_who": "owner", "next_due": "due"}
"""The next step is the first task: what its fields are called there."""

PLACES = {
    "number": "improvements.improvement_number",
    "watched": "improvements.improvement_measures",
    **dict.fromkeys(STEP, "improvements.improvement_next"),
}


def _place(field: str, number: int, rung_id: int) -> str:
    if field in PLACES:
        return url_for(
            PLACES[field],
            improvement_id=number,
        )
    if field == "rungs":
        return page_of(number) + "?step=5#outline"
    if field == "state":
        to = ImprovementState.IN_PROGRESS.value
        return url_for(
            "improvements.improvement_move",
            improvement_id=number,
            to=to,
        )
    if field == "names" and rung_id:
        return iteration_page_of(
            rung_id,
            "invite",
        )
    if field in PLANNED and rung_id:
        return url_for(
            "improvements.iteration_edit",
            iteration_id=rung_id,
        )
    for part, (form, _title) in PARTS.items():
        if field and hasattr(form, field):
            return url_for(
                "improvements.improvement_edit", improvement_id=number, part=part
            )
    return ""
