"""What the worker set aside, in the browser: which rows, why, and “try again”."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting
from app.core import aside
from app.core.htmx import answer, done
from app.core.parts import parts
from app.shell.guard import may

bp = Blueprint("upkeep", __name__)
PAGES = {
    "escalations": ("incidents.incident", "incident_id"),
    "closings": ("incidents.incident", "incident_id"),
    "reminders": ("incidents.incident", "incident_id"),
    "waves": ("access.wave", "wave_id"),
}
"""Where a row of a lane can be seen."""


@dataclass(frozen=True, slots=True)
class AsideLine:
    """One row that failed, as the page shows it; ``ended`` says that it ended in its own words."""

    id: int
    lane: str
    key: str
    attempts: int
    reason: str
    last_at: datetime
    next_at: datetime | None
    is_aside: bool
    ended: bool
    url: str


@bp.get("/set-aside")
@requires("operators")
def set_aside() -> Response:
    """List what failed and was not done since."""
    with parts().database.read() as session:
        lines = [line_of(entry) for entry in aside.entries(session)]
    return answer("upkeep/set_aside.html", "body", lines=lines)


@bp.post("/set-aside")
@requires("operators")
def try_again() -> AnyResponse:
    """Give one row, or all of them, all their tries again."""
    chosen = request.form.get("id", 0, type=int)
    with acting() as act:
        ids = [
            entry.id for entry in aside.entries(act.session) if chosen in (0, entry.id)
        ]
        count = aside.try_again(act, ids)
    parts().ring()
    told = ngettext(
        "%(num)s row is tried again.", "%(num)s rows are tried again.", count
    )
    return done(
        url_for("upkeep.set_aside"), told if count else _("It was done meanwhile.")
    )


def line_of(entry: aside.SetAside) -> AsideLine:
    """Return an entry with what the page needs."""
    endpoint, name = PAGES.get(entry.lane, ("", ""))
    seen = endpoint and may(endpoint) and entry.key.isdecimal()
    values: dict[str, Any] = {name: int(entry.key)} if seen else {}
    is_aside = entry.aside_at is not None
    return AsideLine(
        entry.id,
        entry.lane,
        entry.key,
        entry.attempts,
        entry.reason,
        entry.last_at,
        entry.next_at,
        is_aside,
        is_aside and entry.next_at is not None,
        url_for(endpoint, **values) if seen else "",
    )
