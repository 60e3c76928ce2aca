"""The blueprint all pages of improvements hang on, the addresses they come back to, and the looks
of states.
"""

from __future__ import annotations

import re
from contextlib import suppress

from flask import Blueprint, g, request, url_for
from werkzeug.exceptions import HTTPException

from app.core.web.fields import Typed
from app.core.web.words import Look
from app.improvements.rules import WORDS
from app.models.improvements.words import ParticipationState

bp = Blueprint("improvements", __name__)

LOOKS = {
    "raised": Look("neutral", "circle-dashed"),
    "accepted": Look("info", "circle-check"),
    "in progress": Look("run", "play"),
    "on hold": Look("warn", "circle-pause"),
    "embedded": Look("good", "shield-check"),
    "stopped": Look("neutral", "award"),
    "rejected": Look("neutral", "x"),
    "duplicate": Look("neutral", "copy"),
    "planned": Look("neutral", "circle-dashed"),
    "running": Look("run", "play"),
    "reviewing": Look("info", "eye"),
    "decided": Look("good", "check"),
    "aborted": Look("neutral", "x"),
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
"""Of improvements, rungs, findings, verdicts and complaints."""
PEOPLE_LOOKS = {
    ParticipationState.INVITED: Look(
        "neutral", "hourglass", WORDS[ParticipationState.INVITED]
    ),
    ParticipationState.PREPARED: Look(
        "info", "list-checks", WORDS[ParticipationState.PREPARED]
    ),
    ParticipationState.SWITCHED: Look(
        "run", "circle-dot", WORDS[ParticipationState.SWITCHED]
    ),
    ParticipationState.OBSERVING: Look(
        "run", "circle-dot", WORDS[ParticipationState.OBSERVING]
    ),
    ParticipationState.ACCEPTED: Look(
        "good", "circle-check", WORDS[ParticipationState.ACCEPTED]
    ),
    ParticipationState.UNDONE: Look(
        "neutral", "undo-2", WORDS[ParticipationState.UNDONE]
    ),
}
"""Of people in a rung, each with the word that fits any change."""


@bp.app_template_global()
def improvement_look(state: str) -> Look:
    """Return how a state of this room is shown."""
    return LOOKS.get(state, Look())


@bp.app_template_global()
def person_look(state: ParticipationState) -> Look:
    """Return how the state of somebody in a rung is shown, and what it is called."""
    return PEOPLE_LOOKS[state]


PLACES = {
    "pictures": "improvement_beside",
    "stakeholders": "improvement_beside",
    "volunteers": "improvement_beside",
    "presentations": "improvement_beside",
    "practices": "improvement_beside",
    "articles": "improvement_beside",
    "successes": "improvement_beside",
    "links": "improvement_beside",
    "lessons": "improvement_beside",
    "about": "improvement_sheet",
    "findings": "improvement_findings",
    "costs": "improvement_money",
    "metrics": "improvement_measures",
}
"""On which tab of an improvement a part of it stands; everything else is on the first."""


def page_of(improvement_id: int, part: str = "") -> str:
    """Return the address of the page of an improvement, or of one part of it."""
    return url_for(
        f"improvements.{PLACES.get(part, 'improvement')}",
        improvement_id=improvement_id,
        _anchor=part or None,
    )


BACK = re.compile(r"/(improvements|iterations)/[\w/?=%+&.-]*(#[a-z-]+)?")


def back_to(otherwise: str) -> str:
    """Return the list a line of it led here from, or ``otherwise``; only pages of this room."""
    asked = request.form.get("way_back") or request.args.get("back", "")
    return asked if BACK.fullmatch(asked) else otherwise


@bp.app_template_global("way_back")
def way_back() -> str:
    """Return the list a line of it led here from, nothing where none did: every form of a page
    carries it on.
    """
    if "way_back" not in g:
        g.way_back = ""
        # The page that tells of it must not read again what cannot be read: too large, cut off.
        with suppress(HTTPException):
            g.way_back = back_to("")
    return str(g.way_back)


def focused(form: Typed) -> None:
    """Let a form open at the field that a line of a list led to."""
    field = form._fields.get(request.args.get("focus", ""))
    if field is not None:
        field.render_kw = {**(field.render_kw or {}), "autofocus": True}


def step_of(improvement_id: int, part: str) -> str:
    """Return where a part that was just changed is read again: its step, opened."""
    number = STEPS.get(part)
    if number is None:
        return page_of(improvement_id, "about")
    return url_for(
        "improvements.improvement",
        improvement_id=improvement_id,
        step=number,
        _anchor="outline",
    )


STEPS = {"vision": 1, "now": 2, "goal": 3, "way": 4, "momentum": 7}
"""The step of the sheet that each part of an improvement fills."""


def iteration_page_of(iteration_id: int, part: str = "") -> str:
    """Return the address of the page of an iteration, or of one part of it."""
    return url_for(
        "improvements.iteration", iteration_id=iteration_id, _anchor=part or None
    )
