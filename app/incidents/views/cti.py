"""What a telephone system tells: a call comes, is answered, ends. Signed, not signed in."""

from __future__ import annotations

from flask import Response, jsonify, request

from app.auth import signed
from app.core.errors import RungError
from app.core.parts import parts
from app.incidents.actions.calls import take_call
from app.incidents.blueprint import bp
from app.incidents.rules.calls import demand_genuine, understood

MOST_BYTES = 10_000


@bp.post("/api/cti")
@signed
def cti() -> tuple[Response, int]:
    """Take one event of a call."""
    settings, now = parts().settings, parts().now()
    if not settings.cti_secret:
        return _problem("No telephone is connected: the setting cti_secret is empty.", 404)
    if (request.content_length or 0) > MOST_BYTES:
        return _problem("The body is too long.", 413)
    sent = request.get_data(), request.headers.get("X-Rung-Signature", "")
    try:
        demand_genuine(settings.cti_secret, request.headers.get("X-Rung-Timestamp", ""), *sent, now)
        with parts().database.write() as session:
            call = take_call(session, understood(sent[0]), country=settings.phone_country, now=now)
    except RungError as error:
        return _problem(error.message, error.status)
    return jsonify(call=call.key, state=call.state.value, known=call.person_id is not None), 200


def _problem(sentence: str, status: int) -> tuple[Response, int]:
    return jsonify(error=sentence), status
