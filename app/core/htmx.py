"""Answers for links and forms that work by themselves and that htmx improves: page or block,
redirect or block.
"""

from __future__ import annotations

from typing import Any, cast

from flask import (
    Flask,
    Response,
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


def tell(text: str, *, undo: str = "", undo_page: str = "") -> None:
    """Keep a sentence for the status line of the next page or block; it replaces an older one
    nobody saw.
    """
    session["told"] = {"text": spoken(text), "undo": undo, "undo_page": undo_page}


def told() -> dict[str, str] | None:
    """Return what just happened, once."""
    return cast("dict[str, str] | None", session.pop("told", None))


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
    template: str, block: str, *, status: int = 200, told: str = "", **context: Any
) -> Response:
    """Render the page, or for htmx its ``block``; 422 when ``form`` has errors.

    ``told`` fills the status line.
    """
    if "form" in context and context["form"].errors:
        status = 422
    if told:
        tell(told)
    if not wants_fragment():
        return make_response(render_template(template, **context), status)
    html = render_block(template, block, **context)
    return make_response(html + (status_line() if told else ""), status)


def status_line() -> str:
    """Render the status line for an out-of-band swap beside another block; it consumes what was
    flashed.
    """
    return render_block("base.html", "told", out_of_band=True)


def done(
    url: str, sentence: str = "", *, undo: str = "", undo_page: str = ""
) -> AnyResponse:
    """Go to ``url`` and say ``sentence`` there.

    ``undo`` is a POST address, ``undo_page`` a page that asks first.
    """
    if sentence:
        tell(sentence, undo=undo, undo_page=undo_page)
    if htmx:
        return make_response("", 200, {"HX-Redirect": url})
    return redirect(url, 303)


def changed(
    url: str, sentence: str, template: str, block: str, **context: Any
) -> AnyResponse:
    """Answer a change: htmx gets the changed ``block`` and the status line, a plain form goes to
    ``url``.
    """
    if wants_fragment():
        return answer(template, block, told=sentence, **context)
    return done(url, sentence)
