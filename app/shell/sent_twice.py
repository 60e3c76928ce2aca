"""The answer to a form that arrives a second time: that of the first."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import Flask, Response, g, make_response, redirect, request, session
from flask_babel import gettext as _
from werkzeug.exceptions import HTTPException

from app.auth.once import SentAlready, first_answer, keep_answer, sent_form, take_back
from app.core.errors import Away
from app.core.htmx import htmx, tell
from app.shell.again import page_in_front

NOT_OF_THE_DEED = 401
"""Asks who sits there; what the form wants was not even looked at."""


def init_sent_twice(app: Flask) -> None:
    """Keep how forms were answered, and answer those that arrive again the same way."""
    app.register_error_handler(SentAlready, _again)
    app.after_request(_settle)


def _again(error: SentAlready) -> Response:
    return _as_first(first_answer(error.form_id) or {})


def _settle(response: Response) -> Response:
    """Keep the answer of a deed just done; let a refused form be sent again, unless what stands in
    its way is that it was done already.
    """
    if request.method != "POST":
        return response
    refused = response.status_code >= 400
    # A body that cannot be read, and a database that is away, were answered already.
    with suppress(Away, HTTPException):
        if spent := g.get("once_spent"):
            take_back(spent) if refused else keep_answer(spent, _known(response))
        elif refused and response.status_code != NOT_OF_THE_DEED:
            return _first_or(response)
    return response


def _known(response: Response) -> dict[str, Any]:
    to = response.headers.get("HX-Redirect") or response.headers.get("Location", "")
    return {"to": to, "told": session.get("told") if to else None}


def _first_or(response: Response) -> Response:
    form_id = sent_form()
    first = first_answer(form_id) if form_id else None
    return response if first is None else _as_first(first)


def _as_first(first: dict[str, Any]) -> Response:
    to, told = first.get("to", ""), first.get("told")
    if told:
        session["told"] = told
    elif not to:
        tell(_("This arrived twice; it was done once."))
    to = to or page_in_front() or "/"
    if htmx:
        return make_response("", 200, {"HX-Redirect": to})
    return redirect(to, 303)  # type: ignore[return-value]  # Flask's own redirect is one of Flask's
