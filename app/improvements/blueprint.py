"""The blueprint all pages of improvements hang on, the addresses they come back to, and the looks
of states.
"""

from __future__ import annotations

from flask import Blueprint, url_for

from app.core.web.words import Look

bp = Blueprint("improvements", __name__)

LOOKS = {
    "raised": Look("neutral", "circle-dashed"),
    "accepted": Look("info", "circle-check"),
    "in progress": Look("run", "play"),
    "on hold": Look("warn", "circle-pause"),
    "embedded": Look("good", "shield-check"),
    "stopped": Look("neutral", "award"),
    "planned": Look("neutral", "circle-dashed"),
    "running": Look("run", "play"),
    "reviewing": Look("info", "eye"),
    "decided": Look("good", "check"),
    "aborted": Look("neutral", "x"),
    "invited": Look("neutral", "hourglass"),
    "prepared": Look("info", "list-checks"),
    "switched": Look("run", "circle-dot"),
    "observing": Look("run", "eye"),
    "undone": Look("neutral", "undo-2"),
    "open": Look("warn", "circle-dashed"),
    "fixed": Look("info", "pencil"),
    "verified": Look("good", "check"),
    "accepted risk": Look("warn", "flag"),
    "pass": Look("good", "circle-check"),
    "fail": Look("bad", "circle-x"),
    "inconclusive": Look("warn", "circle-help"),
    "no data": Look("neutral", "circle-dashed"),
    "in improvement": Look("info", "trending-up"),
    "answered": Look("good", "check"),
}
"""Of improvements, iterations, participants, findings, verdicts and complaints."""


@bp.app_template_global()
def improvement_look(state: str) -> Look:
    """Return how a state of this room is shown."""
    return LOOKS.get(state, Look())


def page_of(improvement_id: int, part: str = "") -> str:
    """Return the address of the page of an improvement, or of one part of it."""
    return url_for(
        "improvements.improvement", improvement_id=improvement_id, _anchor=part or None
    )


def iteration_page_of(iteration_id: int, part: str = "") -> str:
    """Return the address of the page of an iteration, or of one part of it."""
    return url_for(
        "improvements.iteration", iteration_id=iteration_id, _anchor=part or None
    )
