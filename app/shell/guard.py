"""Lets a request in: who is signed in, what the route demands, whether the password was given
lately.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import cast

from flask import (
    Flask,
    Response,
    current_app,
    g,
    make_response,
    render_template,
    request,
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
    permissions_of,
    wants_fresh,
)
from app.auth.once import PROOF_FIELD
from app.auth.queries import SignedIn, signed_in
from app.auth.signing_in import note_seen, prove
from app.auth.tokens import holder_of, note_used
from app.core.errors import Away, Forbidden, RungError
from app.core.htmx import IN_THE_PAGE, htmx
from app.core.pace import Pace
from app.core.parts import parts
from app.core.said import said
from app.core.unchanged import last_change
from app.core.web.news import by_itself
from app.core.web.problem import problem
from app.core.web.words import read_in
from app.shell.again import (
    brings_sign_in,
    kept_fields,
    sign_in_and_go_on,
    to_sign_in,
)

SEEN_EVERY = timedelta(minutes=1)
PACE = "rung.pace"


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
    app.extensions[PACE] = Pace()
    app.before_request(_let_in)
    CSRFProtect(app)
    app.before_request(_sign_in_again)
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
    return view is not None and _opens(view)


def _load(token: str) -> SignedIn | None:
    now = parts().now()
    with parts().database.read() as database:
        found = signed_in(database, token, now, parts().settings.idle)
        last_change(database)  # while the database is being asked anyhow
    if found and not _by_itself() and now - found.seen_at > SEEN_EVERY:
        with suppress(Away), parts().database.write() as database:
            note_seen(database, found.sign_in_id, now=now)
    if found:
        read_in(found.language)
    return found


def _by_itself() -> bool:
    """Tell whether the page asks on its own, without anybody at the keyboard: that keeps no sign-in
    alive.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    return view is not None and (is_unattended(view) or by_itself())


def _let_in() -> AnyResponse | None:
    view = current_app.view_functions.get(request.endpoint or "")
    wanted = permission_of(view) if view else EVERYONE
    if request.endpoint == "static" or wanted == EVERYONE:
        return None
    if view and wanted and is_machine(view):
        return _let_program_in(wanted)
    if current_operator() is None:
        # The form is to be genuine before anybody is signed in with it.
        g.brings_sign_in = brings_sign_in()
        return None if g.brings_sign_in else to_sign_in()
    if view and not _opens(view):
        raise Forbidden(
            said(
                "This needs the permission “%(wanted)s”. Ask an operator who "
                "manages permissions for it.",
                wanted=wanted,
            )
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
    if wait := _pace().wait(found.token_id, now, parts().settings.api_per_minute):
        return _too_often(wait)
    if not found.may(wanted):
        return problem(f"This needs the scope and the permission “{wanted}”.", 403)
    if found.used_at is None or now - found.used_at > SEEN_EVERY:
        with suppress(Away), parts().database.write() as database:
            note_used(database, found.token_id, now=now)
    g.program = found
    return None


def _pace() -> Pace:
    return cast(Pace, current_app.extensions[PACE])


def _too_often(wait: int) -> AnyResponse:
    most = parts().settings.api_per_minute
    told = f"This key asks too often: at most {most} times a minute. Wait {wait} s."
    answer = problem(told, 429)
    answer.headers["Retry-After"] = str(wait)
    return answer


def _opens(view: Callable[..., object]) -> bool:
    operator = current_operator()
    return any(_allowed(wanted, operator) for wanted in permissions_of(view))


def _allowed(wanted: str | None, operator: SignedIn | None) -> bool:
    if wanted == EVERYONE:
        return True
    return (
        operator is not None
        and wanted is not None
        and (wanted == ANY_OPERATOR or operator.may(wanted))
    )


def _sign_in_again() -> AnyResponse | None:
    if not g.get("brings_sign_in"):
        return None
    answer = sign_in_and_go_on()
    return answer if answer is not None else _let_in()


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
    page = render_template(
        "auth/prove.html",
        problem=problem,
        kept=kept_fields(),
        action=request.full_path.rstrip("?"),
    )
    return make_response(page, status, IN_THE_PAGE if htmx else {})
