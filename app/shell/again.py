"""A session that ended under somebody's hands: what was typed waits for the sign-in."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import (
    Response,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from app.auth import signing_in
from app.auth.entering import NOT_YOURS, enter
from app.auth.forms import SignInForm
from app.auth.once import FIELD, PROOF_FIELD, made_for
from app.core.errors import RungError
from app.core.htmx import done, htmx
from app.core.parts import parts
from app.core.web.paging import safe_path

NAME_FIELD = "_name"
OURS = frozenset({PROOF_FIELD, NAME_FIELD, FIELD, "csrf_token"})
SECRETS = frozenset({"password", "old"})
"""Fields that hold a password. A form with one is not kept: not even in the page of its sender."""
ASKS_AGAIN = "X-Rung-Sign-In"
"""Says to our script that an answer is the sign-in, to be shown over the page."""


def to_sign_in() -> AnyResponse:
    """Answer somebody who is not signed in: with the sign-in, and with what was sent."""
    session.pop("_user_id", None)
    leaving = request.endpoint == "auth.sign_out"
    if htmx and not leaving:
        form = SignInForm(formdata=None, prefix="again-")
        page = render_template("auth/again.html", form=form, over="")
        return make_response(page, 401, {ASKS_AGAIN: "1"})
    if not leaving and _may_be_kept():
        return _kept_page("", 401)
    back = page_in_front()
    url = url_for("auth.sign_in", next=back if back != "/" else None) if back else ""
    return redirect(url or url_for("auth.sign_in"), 303)


def page_in_front() -> str:
    """Return the page to come back to: the one asked for, else the one whose form or part asked."""
    if request.method == "GET" and not htmx:
        return request.full_path.rstrip("?")
    came = urlsplit(
        request.headers.get("HX-Current-URL", "") if htmx else request.referrer or ""
    )
    if came.netloc not in ("", request.host):
        return ""
    return safe_path(f"{came.path}?{came.query}" if came.query else came.path)


def kept_fields() -> list[tuple[str, str]]:
    """Return what was sent, without what is ours: it travels along to where it goes on."""
    return [pair for pair in request.form.items(multi=True) if pair[0] not in OURS]


def brings_sign_in() -> bool:
    """Tell whether a form comes with name and password of its sender, whose session had ended."""
    return NAME_FIELD in request.form and PROOF_FIELD in request.form and _may_be_kept()


def sign_in_and_go_on() -> AnyResponse | None:
    """Sign the sender of a kept form in; None: it goes on. Another person does not send it."""
    name, password = request.form[NAME_FIELD], request.form[PROOF_FIELD]
    address, now = request.remote_addr or "", parts().now()
    try:
        token = signing_in.sign_in(parts().database, name, password, address, now=now)
    except RungError as error:
        return _kept_page(error.message, 422)
    owner = made_for(request.form.get(FIELD, ""))
    operator = enter(token)
    if operator is None or operator.operator_id != owner:
        return done("/", str(NOT_YOURS))
    return None


def _may_be_kept() -> bool:
    """Tell whether a form is from a page of ours, made for an operator, and holds no password."""
    return (
        request.method == "POST"
        and bool(made_for(request.form.get(FIELD, "")))
        and SECRETS.isdisjoint(request.form)
    )


def _kept_page(problem: str, status: int) -> Response:
    g.once_kept = request.form[FIELD]
    page = render_template(
        "auth/kept.html",
        problem=problem,
        kept=kept_fields(),
        name=request.form.get(NAME_FIELD, ""),
        files=[file.filename for file in request.files.values() if file.filename],
        action=request.full_path.rstrip("?"),
    )
    return make_response(page, status)
