"""The told / not-told board of a message, what is decided on it, and the call list on paper."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_permissions, requires
from app.auth.acting import acting
from app.core.changes import one
from app.core.errors import NotFound
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.said import said
from app.core.web import asked_page, csv_answer, safe_path
from app.core.web.words import Look, give_words
from app.messages.actions import settling
from app.messages.queries.board import ORDER, ToldBoard, board_of
from app.messages.queries.rooms import ROOMS
from app.messages.views.blueprint import bp
from app.models.messages import Delivery

give_words(
    bp,
    told_looks={
        "told": Look("good", "circle-check", _l("told")),
        "on its way": Look("run", "play", _l("on its way")),
        "to call": Look("warn", "phone", _l("to call")),
        "not sure": Look("warn", "circle-help", _l("may have been told")),
        "not told": Look("bad", "circle-alert", _l("not told")),
    },
)

DECISIONS: dict[str, tuple[Callable[..., Any], str]] = {
    "told": (settling.told_in_person, "{name} was told."),
    "count": (settling.count_as_told, "{name} counts as told."),
    "again": (settling.send_again, "It is sent to {name} again."),
    "next": (settling.try_next, "The next channel is tried for {name}."),
}


@bp.get("/messages/<int:message_id>")
@requires("desk")
def message(message_id: int) -> Response:
    """Show who was told of a message and who was not."""
    board = _board(message_id)
    asked = request.args.get("standing", "")
    people = board.those(asked) if asked in ORDER else list(board.people)
    page = asked_page().of(len(people))
    shown = people[page.offset : page.offset + page.size]
    return answer(
        "messages/message.html",
        "board",
        board=board,
        people=shown,
        asked=asked,
        page=page,
        order=ORDER,
        moving=board.counts["on its way"] > 0,
    )


@bp.get("/messages/<int:message_id>/board.csv")
@requires("desk")
def message_csv(message_id: int) -> Response:
    """Download the board."""
    rows = [
        (
            told.name,
            told.standing,
            one.channel,
            one.state.value,
            one.attempts,
            one.problem,
            one.done_at,
            one.done_by,
        )
        for told in (*_board(message_id).people, *_board(message_id).rooms)
        for one in told.tries
    ]
    header = ("Name", "Stands", "Channel", "State", "Tries", "Problem", "Done at", "By")
    return csv_answer(f"message-{message_id}.csv", header, rows)


@bp.get("/messages/<int:message_id>/call-list")
@requires("desk")
def message_calls(message_id: int) -> Response:
    """Show whom to call, to be printed and ticked off."""
    board = _board(message_id)
    return answer(
        "messages/call_list.html",
        "body",
        board=board,
        people=board.those("to call", "not told", "not sure"),
    )


@bp.post("/messages/deliveries/<int:delivery_id>/<string:decision>")
@requires("desk")
def delivery_decide(delivery_id: int, decision: str) -> AnyResponse:
    """Decide about one delivery: told in person, counted as told, sent again, the next channel."""
    if decision not in DECISIONS:
        raise NotFound(said("There is no such decision."))
    action, sentence = DECISIONS[decision]
    with acting() as act:
        delivery = one(act.session, Delivery, delivery_id)
        _for_this_reader(board_of(act.session, delivery.message_id))
        action(act, delivery_id)
    parts().ring()
    back = request.form.get("back", "")
    target = (
        safe_path(back)
        if back
        else url_for("messages.message", message_id=delivery.message_id)
    )
    return done(target, _(sentence).format(name=delivery.name))


def _board(message_id: int) -> ToldBoard:
    with parts().database.read() as session:
        return _for_this_reader(board_of(session, message_id))


def _for_this_reader(board: ToldBoard) -> ToldBoard:
    """Return a board to who may know of its room. Raises ``NotFound`` to everybody else."""
    room = ROOMS.get(board.message.kind)
    if room is not None and room not in current_permissions():
        raise NotFound(said("There is no such message."))
    return board
