"""The hand of whoever is signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from flask import g
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app.auth import current_operator_name
from app.auth.once import spend
from app.core.acting import Acting
from app.core.htmx import Undo, done
from app.core.parts import parts
from app.core.web import blaming

Result = TypeVar("Result")


@contextmanager
def acting(by: str | None = None) -> Iterator[Acting]:
    """Open a transaction for what the signed-in operator does now, or whoever is named; a form that
    was sent before does nothing in it.
    """
    with parts().acting(current_operator_name() if by is None else by) as act:
        spent = spend(act)
        yield act
    if spent:
        g.once_spent = spent


def posted(
    form: FlaskForm,
    act: Callable[[Acting], Result],
    to: str | Callable[[Result], str],
    told: str | Callable[[Result], str] = "",
    undo: Callable[[Result], Undo | None] | None = None,
) -> Response | None:
    """Do what a form asks, once it was sent and holds good, and go on to the next page, which says
    what happened.

    ``to`` and ``told`` are the address and the sentence, or make them of what ``act`` returned, as
    ``undo`` makes the opposite deed.
    None: the form has to be shown, with what was typed and what is wrong with it.
    """
    if not form.validate_on_submit():
        return None
    with blaming(form):
        with acting() as hand:
            result = act(hand)
        return done(
            to(result) if callable(to) else to,
            told(result) if callable(told) else str(told),
            undo=undo(result) if undo else None,
        )
    return None
