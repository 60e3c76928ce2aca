"""The backlog as a board and as a list, and moving over it, all ways through one rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting
from app.core.errors import Invalid, NotFound, Refused
from app.core.htmx import Undo, answer, changed, done, wants_fragment
from app.core.parts import parts
from app.core.web import asked_page, asked_sort, blaming
from app.core.web.lists import ListFilter, Listing, listed, remembered, with_any
from app.core.web.news import Shown, asks_for_news, live, news_answer
from app.core.web.words import give_words
from app.improvements.blueprint import back_to, bp, page_of
from app.improvements.board.actions import embed
from app.improvements.board.forms import MoveForm, asked_filter
from app.improvements.board.listing import (
    SORTS,
    RegisterFilter,
    count_improvements,
    improvement_lines,
)
from app.improvements.board.queries import Board, MoveWanted, board, wanted_move
from app.improvements.metrics.levels import offered_level
from app.improvements.queries import get_improvement, owners
from app.improvements.register.actions import NotSpent, move
from app.improvements.register.rules import MOVES
from app.models.improvements.improvement import Improvement
from app.models.improvements.words import ImprovementKind, ImprovementState

give_words(
    bp,
    improvement_words={
        ImprovementState.RAISED: _l("Raised"),
        ImprovementState.ACCEPTED: _l("Accepted"),
        ImprovementState.IN_PROGRESS: _l("In progress"),
        ImprovementState.ON_HOLD: _l("On hold"),
        ImprovementState.EMBEDDED: _l("Embedded"),
        ImprovementState.STOPPED: _l("Stopped"),
        ImprovementState.REJECTED: _l("Rejected"),
        ImprovementState.DUPLICATE: _l("Duplicate"),
    },
)


@bp.get("/improvements")
@requires("read")
@live
def index() -> Response:
    """Show the backlog as a board."""
    page = _board()
    if asks_for_news():
        return news_answer(page["shown"])
    return answer("improvements/board/index.html", "board", **page)


@bp.route("/improvements/<int:improvement_id>/move", methods=["GET", "POST"])
@requires("improve")
def improvement_move(improvement_id: int) -> AnyResponse:
    """Move an improvement to another column; what stands in the way is listed, and a reason can be
    given.
    """
    form = MoveForm(to=request.values.get("to", ""))
    if not form.validate_on_submit() or _unasked(improvement_id, form):
        return _ask(improvement_id, form)
    with parts().database.read() as session:
        before = get_improvement(session, improvement_id).state
    try:
        moved = _moved(improvement_id, form)
    except (Refused, Invalid) as error:
        return _ask(improvement_id, form, error)
    sentence = _("“%(title)s” is %(state)s.", title=moved.title, state=moved.state)
    undo = _back_to(before, moved)
    if request.form.get("from") == "board":
        return changed(
            url_for("improvements.index"),
            sentence,
            "improvements/board/index.html",
            "board",
            undo=undo,
            **_board(),
        )
    return done(back_to(page_of(improvement_id)), sentence, undo=undo)


def _unasked(improvement_id: int, form: MoveForm) -> bool:
    """Tell whether new limits have to be offered first: they never move by themselves."""
    if form.to.data != ImprovementState.EMBEDDED or "limits_from" in request.form:
        return False
    with parts().database.read() as session:
        return offered_level(session, improvement_id, parts().now().date()) is not None


def _back_to(before: ImprovementState, moved: Improvement) -> Undo | None:
    """Return the move back to where it was, where there is one."""
    if before not in MOVES.onward(moved.state):
        return None
    fields = {"to": before.value, "from": request.form.get("from", "")}
    to = url_for("improvements.improvement_move", improvement_id=moved.id)
    return Undo(to, fields)


def asked_state(text: str) -> ImprovementState:
    """Return the state named by a form. Raises ``NotFound`` for another word."""
    try:
        return ImprovementState(text)
    except ValueError:
        raise NotFound(_("There is no such column.")) from None


def _board() -> dict[str, Any]:
    here = parts()
    with here.database.read() as session:
        found = board(session, here.now().date(), here.settings.wip_limit)
    return {"board": found, "shown": _shown(found)}


def _shown(found: Board) -> Shown:
    """Return the cards as they are watched for what others do to them."""
    cards = [card for column in found.columns for card in column.cards]
    marks = {
        card.improvement.id: (
            card.improvement.state.value,
            card.improvement.touched_at,
            card.votes,
            card.reasons,
        )
        for card in cards
    }
    whole = len(cards) == sum(column.total for column in found.columns)
    return Shown("board", marks, url_for("improvements.index"), whole=whole)


def _moved(improvement_id: int, form: MoveForm) -> Improvement:
    to = asked_state(form.to.data)
    left = NotSpent(form.not_spent.data or 0, form.not_spent_unit.data or "")
    with acting() as act:
        if to is ImprovementState.EMBEDDED:
            return embed(
                act, improvement_id, form.limits_from.data, form.reason.data or ""
            )
        return move(
            act,
            improvement_id,
            to,
            reason=form.reason.data or "",
            not_spent=left,
            wip_limit=parts().settings.wip_limit,
        )


def _ask(
    improvement_id: int, form: MoveForm, problem: Refused | Invalid | None = None
) -> AnyResponse:
    """Show what stands in the way of a move, with a field for the reason."""
    to = asked_state(form.to.data)
    with parts().database.read() as session:
        found: MoveWanted = wanted_move(
            session,
            improvement_id,
            to,
            parts().now().date(),
            parts().settings.wip_limit,
        )
        embedding = to is ImprovementState.EMBEDDED and found.possible
        today = parts().now().date()
        level = offered_level(session, improvement_id, today) if embedding else None
    if level is not None and "limits_from" not in request.form:
        form.limits_from.data = level.level.since
    if wants_fragment() and request.form.get("from") == "board":
        return _to_the_board(found)
    tried = problem is not None and bool((form.reason.data or "").strip())
    status = problem.status if problem else 422 if form.errors else 200
    if isinstance(problem, Invalid):
        with blaming(form):
            raise problem
    return answer(
        "improvements/board/move.html",
        "body",
        status=status,
        form=form,
        wanted=found,
        tried=tried,
        to=to,
        level=level,
    )


def _to_the_board(wanted: MoveWanted) -> AnyResponse:
    """Answer a card that was dropped: why it stays in one line under it, or the page that asks for
    the reason.
    """
    one = wanted.improvement
    if wanted.possible:
        return done(
            url_for(
                "improvements.improvement_move", improvement_id=one.id, to=wanted.to
            )
        )
    line = render_template("improvements/board/_stays.html", wanted=wanted)
    place = f"#card-{one.id} .bcard-stays"
    return make_response(line, 409, {"HX-Retarget": place, "HX-Reswap": "innerHTML"})


@bp.get("/improvements/list")
@requires("read")
@remembered
def register() -> Response:
    """List the improvements: searched, narrowed, sorted."""
    wanted, sort, page, today = (
        asked_filter(),
        asked_sort(SORTS, "rank"),
        asked_page(),
        parts().now().date(),
    )
    with parts().database.read() as session:
        page = page.of(count_improvements(session, wanted))
        lines = improvement_lines(session, wanted, sort, today, page.offset, page.size)
        names, everything = (
            owners(session),
            count_improvements(session, RegisterFilter()),
        )
    listing = Listing("register", _register_filters(wanted, names), page, sort)
    return listed(
        "improvements/board/register.html", listing, lines=lines, everything=everything
    )


def _register_filters(
    wanted: RegisterFilter, owners: Sequence[str]
) -> list[ListFilter]:
    states, kinds = list(ImprovementState), list(ImprovementKind)
    return [
        ListFilter("q", _("Words"), wanted.q),
        ListFilter("state", _("State"), wanted.state, with_any(states, _("any"))),
        ListFilter("kind", _("Changes"), wanted.kind, with_any(kinds, _("anything"))),
        ListFilter(
            "owner",
            _("Owner"),
            wanted.owner,
            with_any(owners, _("anyone")),
            pick="owners",
        ),
    ]
