"""What went wrong, said once for all pages: a page for a browser, a line for htmx, plain words for
both.
"""

from __future__ import annotations

import structlog
from flask import Flask, Response, current_app, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import ClientDisconnected, HTTPException, SecurityError

from app.core.errors import RungError
from app.core.htmx import STATUS_LINE, htmx, wants_fragment
from app.core.web.problem import problem
from ldap_sync.port import DirectoryError

FOR_PROGRAMS = "/api/"
IN_THE_LINE = {
    "HX-Retarget": STATUS_LINE,
    "HX-Reselect": ".told-line",
    "HX-Reswap": "innerHTML",
}
log = structlog.get_logger()


def init_faults(app: Flask) -> None:
    """Answer every error of ours, of the directory, of HTTP and of nobody's foresight."""
    app.register_error_handler(RungError, _ours)
    app.register_error_handler(DirectoryError, _directory)
    app.register_error_handler(CSRFError, _form_too_old)
    app.register_error_handler(SecurityError, _strange_host)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def _ours(error: RungError) -> Response:
    return fault(_title(error.status), error.message, error.status, error.details)


def _directory(error: DirectoryError) -> Response:
    return fault(_("The directory cannot be read"), str(error), 503)


def _form_too_old(_error: CSRFError) -> Response:
    if request.mimetype == "multipart/form-data" and not request.form:
        return fault(_title(400), _not_whole(), 400)
    text = _(
        "This form belongs to a session that has ended. Nothing was changed. Go back, reload "
        "the page, try again."
    )
    return fault(_("The form was too old"), text, 400)


def _strange_host(_error: SecurityError) -> Response:
    # Without a host name no address of a page can be made, so this is a bare line.
    text = (
        "Rung does not answer under this host name. "
        "RUNG_TRUSTED_HOSTS lists the names it knows.\n"
    )
    return Response(text, 400, content_type="text/plain; charset=utf-8")


def _http(error: HTTPException) -> Response | HTTPException:
    if error.code is None or error.code < 400:
        return error
    texts = {
        400: _("The address or the form could not be understood. Nothing was changed."),
        404: _(
            "There is no page at this address. Perhaps it was renamed, or the link is incomplete."
        ),
        405: _(
            "This address cannot be used that way. Go back and use the button again."
        ),
        413: _("The file is too large: at most 64 MB can be sent."),
    }
    if error.code == 413 and request.path.startswith(FOR_PROGRAMS):
        texts[413] = _("The body is too large: at most 1 MB can be sent.")
    if error.code == 400 and request.path.startswith(FOR_PROGRAMS):
        texts[400] = error.description or texts[400]
    if isinstance(error, ClientDisconnected):
        texts[400] = _not_whole()
    return fault(
        _title(error.code), texts.get(error.code, error.description or ""), error.code
    )


def _not_whole() -> str:
    return str(
        _("What you sent did not arrive whole; nothing of it was kept. Send it again.")
    )


def _unforeseen(error: Exception) -> Response:
    if current_app.testing:
        raise error
    log.error("unforeseen error", path=request.path, exc_info=error)
    text = _(
        "Something failed that should not have. Nothing half-done was kept. The log has the "
        "details."
    )
    return fault(_title(500), text, 500)


def _title(status: int) -> str:
    titles = {
        403: _("You may not do this"),
        404: _("Not found"),
        405: _("Not possible this way"),
        409: _("This was not done"),
        413: _("Too large"),
        422: _("Something is missing"),
        500: _("Something went wrong"),
        503: _("Not available now"),
    }
    return str(titles.get(status, _("This did not work")))


def fault(
    title: str, text: str, status: int, details: tuple[str, ...] = ()
) -> Response:
    """Render an error: for programs as problem+json, for browsers as a page.

    For a piece of a page and for a form sent by htmx it goes to the status line, so that what was
    typed is not swapped away.
    """
    if request.path.startswith(FOR_PROGRAMS):
        return problem(text, status)
    context = {"title": title, "text": text, "details": details, "status": status}
    if wants_fragment() or (htmx and request.method == "POST"):
        line = render_template("errors/line.html", **context)
        return make_response(line, status, IN_THE_LINE)
    # Above 499 the database may be what is missing: that page asks it nothing.
    page = "errors/bare.html" if status >= 500 else "errors/page.html"
    return make_response(render_template(page, **context), status)
