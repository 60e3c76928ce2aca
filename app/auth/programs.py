"""Views for programs: what they sent, in whose name they act, and refusals as problems."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any

from flask import Response, g, request
from werkzeug.exceptions import BadRequest

from app.core.acting import Acting
from app.core.errors import Invalid, RungError
from app.core.parts import parts
from app.core.said import said
from app.core.texts import row_number, without_controls
from app.core.web.problem import problem
from app.models.auth import SentForm

MOST, MOST_BYTES = 200, 1_000_000
"""Rows of one answer at most, and bytes of one body."""


def told(view: Callable[..., Response]) -> Callable[..., Response]:
    """Answer what an action refuses as problem+json."""

    @wraps(view)
    def answering(**values: Any) -> Response:
        try:
            return view(**values)
        except RungError as error:
            return problem(
                error.message,
                error.status,
                error.field,
            )

    return answering


def program_acting() -> AbstractContextManager[Acting]:
    """Open a transaction in the name of the operator whose key came along."""
    return parts().acting(g.program.name)


def answered_before(act: Acting, make: Callable[[], int]) -> tuple[int, bool]:
    """Return the number of what ``make`` makes, or of what it made for the same Idempotency-Key
    within the last two days, and whether that was so.
    """
    key = without_controls(request.headers.get("Idempotency-Key", ""))[:200]
    if not key:
        return make(), False
    whole = f"{g.program.token_id} {request.path} {key}"
    form_id = hashlib.sha256(whole.encode("utf-8")).hexdigest()
    known = act.session.get(SentForm, form_id)
    if known is not None and known.answer:
        return int(known.answer["made"]), True
    made = make()
    act.session.add(
        SentForm(
            id=form_id,
            at=act.now,
            answer={"made": made},
        )
    )
    return made, False


def sent_object() -> Mapping[str, Any]:
    """Return the JSON object that was sent. Raises ``Invalid`` for anything else."""
    request.max_content_length = MOST_BYTES
    sent = _parsed(request.get_data())
    if not isinstance(sent, dict):
        raise Invalid(said("Send a JSON object."))
    return sent


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest("The body is no JSON, or it is nested too deeply.") from None


def page_asked() -> tuple[int, int]:
    """Return which part of a list is wanted: how many rows, and after how many."""
    limit = whole_asked("limit", request.args.get("limit", "50"))
    return min(limit, MOST), whole_asked("offset", request.args.get("offset", "0"))


def whole_asked(name: str, value: str) -> int:
    """Return a parameter of the address as a whole number. Raises ``Invalid`` naming it."""
    number = row_number(value)
    if number is None:
        raise Invalid(said("%(name)s is a whole number.", name=name), field=name)
    return number
