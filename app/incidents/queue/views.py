"""The queue, and the search over incidents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, requires
from app.auth.acting import acting
from app.core.counting import MOST_EXACT
from app.core.htmx import done
from app.core.parts import parts
from app.core.said import spoken
from app.core.web import asked_page, csv_answer
from app.core.web.finished import finished
from app.core.web.lists import ListFilter, Listing, listed, remembered
from app.core.web.news import live
from app.core.web.paging import Paging
from app.core.web.words import give_words, iso
from app.incidents.blueprint import asked_words, bp, page_of
from app.incidents.deeds import undo_assigning
from app.incidents.queue.actions import take_next
from app.incidents.queue.lines import QueueLine, row_of
from app.incidents.queue.queries import (
    View,
    count_lines,
    counts,
    found_incidents,
    queue_lines,
    viewer_of,
)
from app.incidents.queue.rules import rounded, span
from app.incidents.rules import stands_as

give_words(
    bp,
    view_words={
        "all": _l("All open"),
        "mine": _l("Mine"),
        "my team": _l("My team"),
        "my services": _l("My services"),
        "unowned": _l("Nobody's"),
        "overdue update": _l("Update overdue"),
        "mass": _l("Mass"),
        "restored": _l("Restored"),
    },
)


@bp.app_template_filter()
def short_span(duration: timedelta) -> str:
    """Write a duration with one unit, in the reader's language."""
    kept, whole = finished(), rounded(duration)
    if whole not in kept:
        kept[whole] = spoken(span(whole))
    text: str = kept[whole]
    return text


MOST_WRITTEN = 100_000
HEADER = (
    "incident",
    "title",
    "priority",
    "stands as",
    "reason",
    "state",
    "service",
    "team",
    "agent",
    "site",
    "requester",
    "reported",
    "target",
    "hand-overs",
    "bounces",
    "contacts",
)


@bp.get("/desk")
@requires("desk")
@live
@remembered
def index() -> Response:
    """Show the queue, the incident to take up next first."""
    view, words, page = asked_view(), asked_words(), asked_page()
    with parts().database.read() as session:
        viewer = viewer_of(session, current_operator_name(), parts().now())
        numbers = counts(session, viewer)
        there = count_lines(session, viewer, view, words) if words else numbers[view]
        page = page.of(min(there, MOST_EXACT))
        lines = queue_lines(session, viewer, view, words, page.offset, page.size)
    return listed(
        "incidents/queue/index.html",
        _listing(view, words, page, lines),
        rows=[row_of(one, viewer.now, ended=view is View.RESTORED) for one in lines],
        view=view,
        words=words,
        numbers=numbers,
        views=list(View),
    )


def _listing(
    view: View, words: str, page: Paging, lines: Sequence[QueueLine]
) -> Listing:
    """Return the queue as a list that tells by itself what is new, while anything moves in it."""
    return Listing(
        "queue",
        [ListFilter("q", _("Words or number"), words)],
        page,
        marks={one.id: one.revision for one in lines},
        changing=view is not View.RESTORED,
    )


@bp.post("/desk/next")
@requires("desk")
def incident_next() -> AnyResponse:
    """Take the incident that is to be taken up next in a view."""
    view = _view(request.form.get("view", ""))
    with acting() as act:
        taken = take_next(act, view)
        number = taken.id if taken else None
        undo = undo_assigning(taken, "") if taken else None
    if number is None:
        return done(
            url_for("incidents.index", view=view.value),
            _("Nothing here waits for somebody."),
        )
    return done(page_of(number), _("It is yours."), undo=undo)


@bp.get("/desk.csv")
@requires("desk")
def queue_csv() -> Response:
    """Return the queue as a spreadsheet, in its order."""
    with parts().database.read() as session:
        viewer = viewer_of(session, current_operator_name(), parts().now())
        lines = queue_lines(
            session, viewer, asked_view(), asked_words(), limit=MOST_WRITTEN
        )
    rows = (_csv_row(one, viewer.now) for one in lines)
    return csv_answer("queue.csv", HEADER, rows)


def _csv_row(one: QueueLine, now: datetime) -> tuple[object, ...]:
    return (
        one.id,
        one.title,
        one.priority,
        stands_as(one.priority, one.raises),
        one.reason(now),
        one.state.value,
        one.service,
        one.team,
        one.agent,
        one.site,
        one.requester,
        iso(one.reported_at),
        iso(one.target_at),
        one.hand_overs,
        one.bounces,
        one.contacts,
    )


def asked_view() -> View:
    """Return the view the address asks for; everything open unless told."""
    return _view(request.args.get("view", ""))


def _view(asked: str) -> View:
    return View(asked) if asked in set(View) else View.ALL


@bp.get("/desk/search")
@requires("desk")
@remembered
def search() -> Response:
    """List the incidents in which the words stand, ended ones too."""
    words, page = request.args.get("words", "")[:200], asked_page()
    with parts().database.read() as session:
        found, total = found_incidents(session, words, page.size, page.offset)
    search = ListFilter("words", _("Words"), words)
    listing = Listing("found", [search], page.of(total), must_ask=True)
    return listed("incidents/queue/search.html", listing, found=found)
