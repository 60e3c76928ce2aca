"""The people of a rung as a list, and what is done with many of them at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting
from app.core.errors import Conflict, NotFound, Refused
from app.core.htmx import Undo, answer, done
from app.core.parts import parts
from app.core.said import nsaid, said
from app.core.web import asked_page, blaming
from app.core.web.lists import (
    ListFilter,
    Listing,
    Option,
    listed,
    remembered,
    with_any,
)
from app.core.web.words import give_words
from app.improvements.blueprint import bp
from app.improvements.crowd import actions
from app.improvements.crowd.forms import AskManyForm
from app.improvements.crowd.queries import (
    CrowdFilter,
    CrowdPage,
    count_crowd,
    crowd_ids,
    crowd_lines,
    crowd_page,
)
from app.improvements.crowd.rules import (
    GONE,
    GROUPS,
    lengthened,
    shortened,
)
from app.improvements.people.actions import MoveSaid
from app.improvements.rules import WORDS
from app.models.improvements.words import ParticipationState

TICKED, ALL, BUT = "ticked", "all", "but"
TYPED = ("reason", "confirmed_by")
LONGEST_REASON = 2000
BIGGEST_FIELD = 100_000
give_words(bp, people_words=WORDS)


@bp.get("/iterations/<int:iteration_id>/people")
@requires("read")
@remembered
def people(iteration_id: int) -> Response:
    """List the people of a rung: searched, narrowed, a page at a time."""
    wanted, page = _asked(), asked_page()
    with parts().database.read() as session:
        found = crowd_page(session, iteration_id)
        page = page.of(count_crowd(session, iteration_id, wanted))
        lines = crowd_lines(session, iteration_id, wanted, page.offset, page.size)
    return listed(
        "improvements/crowd/people.html",
        Listing("crowd", _filters(found, wanted), page),
        found=found,
        lines=lines,
        wanted=wanted,
    )


@bp.get("/iterations/<int:iteration_id>/people/move")
@requires("improve")
def people_weigh(iteration_id: int) -> AnyResponse:
    """Show whom a move takes along and who stays, before anything is done."""
    with parts().database.read() as session:
        numbers = _chosen(session, iteration_id)
    return _weighed(iteration_id, numbers)


@bp.post("/iterations/<int:iteration_id>/people/move")
@requires("improve")
def people_move(iteration_id: int) -> AnyResponse:
    """Move many people of a rung at once, and offer to take it back."""
    request.max_form_memory_size = BIGGEST_FIELD * 2
    numbers = lengthened(request.form.get("people", "")[:BIGGEST_FIELD])
    reason, seen_by = (request.form.get(name, "") for name in TYPED)
    told = MoveSaid(parts().now(), reason[:LONGEST_REASON], seen_by[:LONGEST_REASON])
    to = _to(request.form)
    try:
        with acting() as act:
            found = actions.move_many(act, iteration_id, numbers, to, told)
    except (Refused, Conflict) as error:
        return _weighed(iteration_id, numbers, error)
    there = url_for("improvements.people_back", iteration_id=iteration_id)
    undo = Undo(there, {"event": found.event})
    return done(_list_of(iteration_id), found.sentence, undo=undo)


@bp.post("/iterations/<int:iteration_id>/people/back")
@requires("improve")
def people_back(iteration_id: int) -> AnyResponse:
    """Put everybody of a move back to where they were."""
    event = request.form.get("event", 0, type=int)
    with acting() as act:
        back, left = actions.take_back(act, iteration_id, event)
    sentence = nsaid(
        "%(number)s person is where they were.",
        "%(number)s people are where they were.",
        back,
    )
    if left:
        sentence += " " + said("%(left)s were moved on meanwhile.", left=left)
    return done(_list_of(iteration_id), sentence)


@bp.route("/iterations/<int:iteration_id>/people/ask", methods=["GET", "POST"])
@requires("improve")
def people_ask(iteration_id: int) -> AnyResponse:
    """Ask many people: by site, department, team, group and name; counted before it is done."""
    form, reach = AskManyForm(), None
    if form.validate_on_submit():
        with blaming(form):
            if request.form.get("do") == "ask":
                return _ask(iteration_id, form)
            with parts().database.read() as session:
                reach = actions.reach_of(session, iteration_id, form.wanted)
    with parts().database.read() as session:
        page = crowd_page(session, iteration_id)
    return answer(
        "improvements/crowd/ask.html", "body", page=page, form=form, reach=reach
    )


def _ask(iteration_id: int, form: AskManyForm) -> AnyResponse:
    with acting() as act:
        reach = actions.ask_many(act, iteration_id, form.wanted)
    sentence = nsaid(
        "%(number)s person is asked.", "%(number)s people are asked.", len(reach.asked)
    )
    return done(_list_of(iteration_id), sentence)


def _weighed(
    iteration_id: int,
    numbers: frozenset[int],
    problem: Refused | Conflict | None = None,
) -> Response:
    to = _to(request.values)
    anything = MoveSaid(parts().now(), reason="–", confirmed_by="–")
    with parts().database.read() as session:
        page = crowd_page(session, iteration_id)
        found = actions.weigh_move(session, page.rung, numbers, to, anything)
    return answer(
        "improvements/crowd/move.html",
        "body",
        status=problem.status if problem else 200,
        page=page,
        found=found,
        to=to,
        problem=problem,
        chosen=shortened(numbers),
        typed={name: request.form.get(name, "") for name in TYPED},
    )


def _chosen(session: Any, iteration_id: int) -> frozenset[int]:
    """Return whom the address means: the ticked, all the list shows, or all but the ticked."""
    ticked = frozenset(request.args.getlist("person", type=int))
    which = request.args.get("which", ALL)
    if which == TICKED:
        return ticked
    everybody = crowd_ids(session, iteration_id, _asked())
    return everybody - ticked if which == BUT else everybody


def _to(sent: Mapping[str, str]) -> ParticipationState:
    to = next((each for each in ParticipationState if each == sent.get("to")), None)
    if to is None:
        raise NotFound(_("There is no such step."))
    return to


def _asked() -> CrowdFilter:
    state = request.args.get("state", "")
    return CrowdFilter(
        request.args.get("q", "").strip()[:200],
        state if state in (*GROUPS, GONE) else "",
        request.args.get("site", "")[:200],
    )


def _filters(found: CrowdPage, wanted: CrowdFilter) -> list[ListFilter]:
    states: list[Option] = [
        (group.key, f"{said(group.word)} ({group.number})") for group in found.groups
    ]
    if found.gone:
        states.append((GONE, f"{_('gone')} ({found.gone})"))
    filters = [
        ListFilter("q", _("Name, login or department"), wanted.q),
        ListFilter("state", _("State"), wanted.state, with_any(states, _("all"))),
    ]
    if len(found.sites) > 1:
        sites = with_any(found.sites, _("all"))
        filters.append(
            ListFilter("site", _("Site"), wanted.site, sites, pick="workplaces")
        )
    return filters


def _list_of(iteration_id: int) -> str:
    return url_for("improvements.people", iteration_id=iteration_id)
