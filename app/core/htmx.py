"""Answers for links and forms that work by themselves and that htmx improves: page or block,
redirect or block.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
)
from flask_htmx import HTMX
from jinja2_fragments.flask import render_block
from werkzeug.wrappers import Response as AnyResponse

from app.core.said import spoken

VARY = ("HX-Request", "HX-Request-Type", "HX-History-Restore-Request")
STATUS_LINE = "#told"
AT, PLACE = "_at", re.compile("[a-z][a-z0-9-]{0,40}")
"""The field that says in which part of its page a form stands, and how such parts are called."""
IN_THE_PAGE = {
    "HX-Retarget": "#content",
    "HX-Reselect": "#content",
    "HX-Reswap": "outerHTML",
}
"""Headers that put a whole page's content in the place of what is shown."""


class Htmx(HTMX):  # type: ignore[misc]  # flask-htmx has no types
    """flask-htmx, and the headers htmx 4 sends instead of those of htmx 2."""

    @property
    def source(self) -> str:
        """Return what sent the request, like ``button#b1``."""
        return request.headers.get("HX-Source", "")

    @property
    def request_type(self) -> str:
        """Return ``partial`` when only a piece of the page is wanted, else ``full`` or nothing."""
        return request.headers.get("HX-Request-Type", "")


htmx = Htmx()


def init_htmx(app: Flask) -> None:
    """Make ``htmx`` known to templates and add ``Vary`` to every answer."""
    htmx.init_app(app)
    app.after_request(_vary)


def _vary(response: Response) -> Response:
    response.vary.update(VARY)
    if htmx and response.status_code == 303:
        # A browser would follow it unseen, and the next page would land in a piece of this one.
        response.status_code = 200
        response.headers["HX-Redirect"] = response.headers.pop("Location")
        response.set_data("")
    return response


@dataclass(frozen=True, slots=True)
class Undo:
    """The deed that takes back what was just done: its address and what is sent to it.

    ``asks``: it is a page that asks first.
    """

    to: str
    fields: Mapping[str, object] = field(default_factory=dict)
    asks: bool = False

    def kept(self) -> dict[str, Any]:
        """Return it as a session keeps it."""
        fields = {name: str(value) for name, value in self.fields.items()}
        return {"to": self.to, "fields": fields, "asks": self.asks}


def tell(text: str, *, undo: Undo | None = None) -> None:
    """Keep a sentence for the status line of the next page or block; it replaces an older one
    nobody saw.
    """
    session["told"] = {"text": spoken(text), "undo": undo.kept() if undo else None}


def told() -> dict[str, Any] | None:
    """Return what just happened, once."""
    return cast("dict[str, Any] | None", session.pop("told", None))


def wants_fragment() -> bool:
    """Tell whether htmx asked for a piece of the page (a restored history entry wants the whole
    page).
    """
    return (
        bool(htmx)
        and htmx.request_type == "partial"
        and not htmx.history_restore_request
    )


def answer(
    template: str,
    block: str,
    *,
    status: int = 200,
    told: str = "",
    undo: Undo | None = None,
    **context: Any,
) -> Response:
    """Render the page, or for htmx its ``block``; 422 when ``form`` has errors.

    ``told`` fills the status line, with the opposite deed beside it.
    """
    if "form" in context and context["form"].errors:
        status = 422
    if told:
        tell(told, undo=undo)
    if not wants_fragment():
        return make_response(render_template(template, **context), status)
    html = render_block(template, block, **context)
    return make_response(html + (status_line() if told else ""), status)


def status_line() -> str:
    """Render the status line for an out-of-band swap beside another block; it consumes what was
    flashed.
    """
    return render_block("base.html", "told", out_of_band=True)


def done(url: str, sentence: str = "", *, undo: Undo | None = None) -> AnyResponse:
    """Go to ``url`` and say ``sentence`` there, with the opposite deed beside it."""
    if sentence:
        tell(sentence, undo=undo)
    if htmx:
        return make_response("", 200, {"HX-Redirect": url})
    return redirect(_to_its_place(url), 303)


def _to_its_place(url: str) -> str:
    """Return the address with the part of the page in which the form stood, when it leads back to
    that page: without script the reader would land at the top.
    """
    at = request.form.get(AT, "")
    same = urlsplit(request.referrer or "").path == urlsplit(url).path
    return f"{url}#{at}" if same and PLACE.fullmatch(at) and "#" not in url else url


def now_in(part: str) -> str:
    """Say which part of the page is written from here on; returns which it was before."""
    before, g.page_part = here_in(), part
    return before


def here_in() -> str:
    """Return the id of the part of the page that is being written."""
    return str(g.get("page_part", ""))


def changed(
    url: str,
    sentence: str,
    template: str,
    block: str,
    *,
    undo: Undo | None = None,
    **context: Any,
) -> AnyResponse:
    """Answer a change: htmx gets the changed ``block`` and the status line, a plain form goes to
    ``url``.
    """
    if wants_fragment():
        return answer(template, block, told=sentence, undo=undo, **context)
    return done(url, sentence, undo=undo)
