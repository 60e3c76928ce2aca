"""Calls: the card before picking up, and the list of calls for those whose browser runs no
script.
"""

from __future__ import annotations

from flask import Response, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, requires, unattended
from app.core.htmx import answer, wants_fragment
from app.core.parts import parts
from app.incidents.blueprint import bp
from app.incidents.queries.callers import Card, calls_now, card, last_calls


@bp.get("/desk/calls")
@requires("desk")
def calls() -> Response:
    """List the calls that ring now, each with its card, and the last ones."""
    with parts().database.read() as session:
        earlier = last_calls(session, current_operator_name())
    return answer("incidents/calls.html", "body", cards=_cards(), earlier=earlier)


@bp.get("/desk/calls/ringing")
@unattended
@requires("desk")
def ringing() -> AnyResponse:
    """Return the cards of calls under way; nothing when they are those shown already."""
    if not wants_fragment():
        return redirect(url_for("incidents.calls"), 303)
    cards = _cards()
    seen = fingerprint(cards)
    if request.args.get("seen", "") == seen:
        return make_response("", 204)
    return answer("incidents/ringing.html", "cards", cards=cards, seen=seen)


@bp.get("/desk/calls/<int:call_id>")
@requires("desk")
def call(call_id: int) -> Response:
    """Show one call; ``person`` in the address is the candidate the agent chose."""
    with parts().database.read() as session:
        found = card(
            session,
            call_id,
            request.args.get("person", type=int),
            country=parts().settings.phone_country,
        )
    return answer("incidents/call.html", "body", card=found)


@bp.app_template_global("telephone_connected")
def telephone_connected() -> bool:
    """Tell whether a telephone system tells of calls, so that pages ask for them."""
    return bool(parts().settings.cti_secret)


def fingerprint(cards: list[Card]) -> str:
    """Return what tells whether the same is shown as before."""
    return "-".join(f"{each.call.id}.{each.call.state.name}.{len(each.open)}" for each in cards)


def _cards() -> list[Card]:
    country = parts().settings.phone_country
    with parts().database.read() as session:
        under_way = calls_now(session, current_operator_name(), parts().now())
        return [card(session, each.id, country=country) for each in under_way]
