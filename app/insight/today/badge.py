"""The number in the rail: how many things wait, asked anew at most every twenty seconds."""

from __future__ import annotations

import time
from threading import Lock

from flask import Flask, Response, current_app, g, request

from app.auth import SignedIn, current_operator
from app.core.parts import parts
from app.core.waiting import Waiter, waiting_for

KEPT_SECONDS = 20.0
KEY = "rung_waiting"


class WaitingNumbers:
    """The number of each operator as it was asked last; forgotten at the operator's own deed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[int, tuple[float, int]] = {}

    def note(self, operator_id: int, number: int) -> None:
        """Keep a number that was just asked for."""
        with self._lock:
            self._known[operator_id] = (time.monotonic(), number)

    def known(self, operator_id: int) -> int | None:
        """Return the number, or None when it is too old."""
        with self._lock:
            at, number = self._known.get(operator_id, (0.0, 0))
        return number if at and time.monotonic() - at < KEPT_SECONDS else None

    def forget(self, operator_id: int) -> None:
        """Ask anew next time."""
        with self._lock:
            self._known.pop(operator_id, None)


def init_badge(app: Flask) -> None:
    """Give templates the number, and forget it when its operator does something."""
    app.extensions[KEY] = WaitingNumbers()
    app.jinja_env.globals["waiting_number"] = waiting_number
    app.after_request(_forget_after_deed)


def waiter_of(operator: SignedIn) -> Waiter:
    """Return for whom is asked what waits."""
    here = parts()
    return Waiter(
        operator.operator_id,
        operator.name,
        operator.permissions,
        here.now(),
        here.settings,
    )


def waiting_number() -> int:
    """Return how many things wait for the signed-in operator."""
    operator = current_operator()
    if operator is None:
        return 0
    if "waiting_number" not in g:
        g.waiting_number = _asked(operator)
    number: int = g.waiting_number
    return number


def note_number(operator: SignedIn, number: int) -> None:
    """Keep the number a page found, so that the rail says the same."""
    numbers().note(operator.operator_id, number)
    g.waiting_number = number


def numbers() -> WaitingNumbers:
    """Return what is kept of the numbers."""
    found: WaitingNumbers = current_app.extensions[KEY]
    return found


def _forget_after_deed(response: Response) -> Response:
    if request.method == "POST" and (operator := current_operator()):
        numbers().forget(operator.operator_id)
    return response


def _asked(operator: SignedIn) -> int:
    known = numbers().known(operator.operator_id)
    if known is None:
        with parts().database.read() as session:
            known = waiting_for(session, waiter_of(operator)).total
        numbers().note(operator.operator_id, known)
    return known
