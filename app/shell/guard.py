"""Lets a request in: who is signed in, what the route demands, whether the password was given
lately.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response as AnyResponse

from app.auth import (
    ANY_OPERATOR,
    EVERYONE,
    current_operator,
    is_machine,
    is_signed,
    is_unattended,
    permission_of,
    wants_fresh,
)
from app.auth.once import FIELD, PROOF_FIELD
from app.auth.queries import SignedIn, signed_in
from app.auth.signing_in import note_seen, prove
from app.auth.tokens import holder_of, note_used
from app.core.errors import Away, Forbidden, RungError
from app.core.htmx import htmx
from app.core.parts import parts
from app.core.web.paging import safe_path
from app.core.web.problem import problem

SEEN_EVERY = timedelta(minutes=1)


class UnmarkedRoute(RuntimeError):
    """A route says neither which permission it needs nor that it is public."""


def init_guard(app: Flask) -> None:
    """Put the guard before every view.

    The order matters: signed in, then a genuine form, then the password.
    """
    manager = LoginManager()
    manager.session_protection = (
        None  # the sign-in is checked against its row; addresses of phones change
    )
    manager.init_app(
        app, add_context_processor=False
    )  # pages of errors must not ask the database
    manager.user_loader(_load)
    app.before_request(_let_in)
    CSRFProtect(app)
    app.before_request(_ask_password_again)


def check_marks(app: Flask) -> None:
    """Refuse to start with a route that carries no mark. Raises ``UnmarkedRoute`` naming it.

    Programs that sign what they send have no form, so no token of one is asked of them.
    """
    for endpoint, view in app.view_functions.items():
        if is_signed(view) or is_machine(view):
            app.extensions["csrf"].exempt(view)
        if permission_of(view) is None and endpoint != "static":
            raise UnmarkedRoute(
                f'{endpoint} needs @requires("…") or @public below its route decorator'
            )


def may(endpoint: str) -> bool:
    """Tell whether the page exists and this operator may open it; for links and buttons."""
    view = current_app.view_functions.get(endpoint)
    return view is not None and _allowed(permission_of(view), current_operator())


def _load(token: str) -> SignedIn | None:
    now = parts().now()
    with parts().database.read() as database:
        found = signed_in(database, token, now, parts().settings.idle)
    if found and not _by_itself() and now - found.seen_at > SEEN_EVERY:
        with suppress(Away), parts().database.write() as database:
            note_seen(database, found.sign_in_id, now=now)
    return found


def _by_itself() -> bool:
    """Tell whether the page asks on its own, without anybody at the keyboard: that keeps no sign-in
    alive.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    return view is not None and is_unattended(view)


def _let_in() -> AnyResponse | None:
    view = current_app.view_functions.get(request.endpoint or "")
    wanted = permission_of(view) if view else EVERYONE
    if request.endpoint == "static" or wanted == EVERYONE:
        return None
    if view and wanted and is_machine(view):
        return _let_program_in(wanted)
    if current_operator() is None:
        return _to_sign_in()
    if not _allowed(wanted, current_operator()):
        raise Forbidden(
            f"This needs the permission “{wanted}”. Ask an operator who manages permissions for it."
        )
    return None


def _let_program_in(wanted: str) -> AnyResponse | None:
    """Ask for a token, whatever cookie came along; both the token and its operator must be
    allowed.
    """
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    now = parts().now()
    with parts().database.read() as database:
        found = (
            holder_of(database, secret.strip(), now)
            if scheme.lower() == "bearer"
            else None
        )
    if found is None:
        answer = problem(
            "This needs a token that is valid: Authorization: Bearer …", 401
        )
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    if not found.may(wanted):
        return problem(f"This needs the scope and the permission “{wanted}”.", 403)
    if found.used_at is None or now - found.used_at > SEEN_EVERY:
        with suppress(Away), parts().database.write() as database:
            note_used(database, found.token_id, now=now)
    g.program = found
    return None


def _allowed(wanted: str | None, operator: SignedIn | None) -> bool:
    if wanted == EVERYONE:
        return True
    return (
        operator is not None
        and wanted is not None
        and (wanted == ANY_OPERATOR or operator.may(wanted))
    )


def _to_sign_in() -> AnyResponse:
    back = page_in_front()
    url = (
        url_for("auth.sign_in", next=back)
        if back not in ("", "/")
        else url_for("auth.sign_in")
    )
    session.pop("_user_id", None)
    # A redirect would be followed by fetch, and the sign-in page would land inside a piece of the
    # old one.
    return make_response("", 401, {"HX-Redirect": url}) if htmx else redirect(url, 303)


def page_in_front() -> str:
    """Return the page to come back to: the one asked for, else the one whose form or part asked."""
    if request.method == "GET" and not htmx:
        return request.full_path.rstrip("?")
    came = urlsplit(
        request.headers.get("HX-Current-URL", "") if htmx else request.referrer or ""
    )
    here = came.netloc in ("", request.host)
    return (
        safe_path(f"{came.path}?{came.query}" if came.query else came.path)
        if here
        else ""
    )


def _ask_password_again() -> AnyResponse | None:
    view = current_app.view_functions.get(request.endpoint or "")
    operator = current_operator()
    if (
        request.method != "POST"
        or view is None
        or operator is None
        or not wants_fresh(view)
    ):
        return None
    if operator.proved_lately(parts().now()):
        return None
    password = request.form.get(PROOF_FIELD)
    if password is None:
        return _proof_page("", 401)
    try:
        prove(
            parts().database,
            operator,
            password,
            request.remote_addr or "",
            now=parts().now(),
        )
    except RungError as error:
        return _proof_page(error.message, 422)
    return None


def _proof_page(problem: str, status: int) -> Response:
    kept = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in (PROOF_FIELD, "csrf_token", FIELD)
    ]
    page = render_template(
        "auth/prove.html",
        problem=problem,
        kept=kept,
        action=request.full_path.rstrip("?"),
    )
    return make_response(
        page, status, {"HX-Retarget": "body", "HX-Reswap": "innerHTML"} if htmx else {}
    )
