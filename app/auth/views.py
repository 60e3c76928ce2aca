"""Pages of signing in, of one's own account, and of operators."""

from __future__ import annotations

from zoneinfo import available_timezones

from babel.lists import format_list
from flask import Blueprint, make_response, redirect, request, session, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from app.auth import (
    actions,
    current_operator,
    fresh,
    public,
    queries,
    requires,
    signed_in_only,
    signing_in,
)
from app.auth.acting import acting
from app.auth.entering import NOT_YOURS, enter
from app.auth.forms import (
    LookForm,
    NewOperatorForm,
    OperatorForm,
    PasswordForm,
    SetupForm,
    SignInForm,
)
from app.auth.notices import note_notices_seen
from app.auth.once import made_for
from app.auth.rules import PERMISSIONS
from app.core.addresses import public_address
from app.core.errors import NotFound
from app.core.htmx import Undo, answer, done, tell
from app.core.parts import parts
from app.core.web.forms import blaming, choices
from app.core.web.lists import ListFilter, Listing, listed, remembered
from app.core.web.paging import page_of_rows, safe_path
from app.core.web.words import THEMES, languages, zone

bp = Blueprint("auth", __name__)
ONE_YEAR = 365 * 24 * 3600  # seconds


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Response:
    """Sign in with name and password."""
    if "over" in request.form:
        return _sign_in_over()
    form = SignInForm(next=request.args.get("next", ""))
    if form.validate_on_submit():
        with blaming(form):
            address, now = request.remote_addr or "", parts().now()
            token = signing_in.sign_in(
                parts().database, form.name.data, form.password.data, address, now=now
            )
            return _let_in(token, safe_path(form.next.data))
    with parts().database.read() as database:
        nobody = queries.nobody_yet(database)
    names = queries.demo_names(parts().settings)
    return answer(
        "auth/sign_in.html", "form", form=form, nobody=nobody, demo_names=_any_of(names)
    )


def _any_of(names: list[str]) -> str:
    """Return "admin, approver or agent" in the reader's language."""
    return format_list(names, "or", get_locale()) if names else ""


def _sign_in_over() -> Response:
    """Sign in over a page whose session ended; another person is led away from it."""
    form, over = SignInForm(prefix="again-"), request.form["over"]
    if form.validate_on_submit():
        with blaming(form):
            address, now = request.remote_addr or "", parts().now()
            operator = enter(
                signing_in.sign_in(
                    parts().database,
                    form.name.data,
                    form.password.data,
                    address,
                    now=now,
                )
            )
            if operator is None or operator.operator_id != made_for(over):
                return done("/", NOT_YOURS)
            return make_response("", 200, {"X-Rung-Token": generate_csrf()})
    return answer("auth/again.html", "form", form=form, over=over)


@bp.post("/sign-out")
@signed_in_only
def sign_out() -> Response:
    """End this sign-in, here and in the table."""
    operator = current_operator()
    if operator is not None:
        with parts().database.write() as database:
            signing_in.sign_out(database, operator.token)
    session.clear()
    return done(url_for("auth.sign_in"), _("You are signed out."))


@bp.route("/setup/<string:token>", methods=["GET", "POST"])
@public
def setup(token: str) -> Response:
    """Choose a password with a link that works once; the first operator also chooses a name."""
    with parts().database.read() as database:
        found = queries.invitation(database, token, parts().now())
    if found is None:
        raise NotFound(
            _("This link was used already or has expired. Ask for a new one.")
        )
    form = SetupForm(name=found.name)
    if form.validate_on_submit():
        with blaming(form):
            return _set_up(form, token, found.name or form.name.data)
    return answer("auth/setup.html", "form", form=form, found=found)


def _set_up(form: FlaskForm, token: str, name: str) -> Response:
    now, address = parts().now(), request.remote_addr or ""
    ready = actions.prepared(form.password.data, name)
    with parts().acting("") as act:
        name = actions.use_setup_link(act, token, name, ready).name
    return _let_in(
        signing_in.sign_in(
            parts().database, name, form.password.data, address, now=now
        ),
        "/",
    )


def _let_in(token: str, url: str) -> Response:
    operator = enter(token)
    response = done(url)
    if operator and operator.theme:
        response.set_cookie("theme", operator.theme, max_age=ONE_YEAR, samesite="Lax")
    return response


@bp.post("/theme")
@public
def theme() -> Response:
    """Change the look in this browser."""
    chosen = request.form.get("theme", "")
    response = redirect(safe_path(request.form.get("next", "")), 303)
    response.set_cookie(
        "theme", chosen if chosen in THEMES else "", max_age=ONE_YEAR, samesite="Lax"
    )
    return response


@bp.get("/account")
@signed_in_only
def account() -> Response:
    """Show one's own account: password, look, sign-ins."""
    return _account(password=PasswordForm(formdata=None), look=_look())


@bp.post("/account/password")
@signed_in_only
def account_password() -> Response:
    """Change one's own password; other browsers are signed out."""
    form, here = PasswordForm(), request.remote_addr or ""
    if form.validate_on_submit():
        with blaming(form):
            old, new = form.old.data, form.password.data
            actions.prove_old(parts().database, _me(), old, here, now=parts().now())
            stored = actions.prepared(new, _me().name)
            with acting() as act:
                token = actions.change_own_password(act, _me(), stored, here)
            response = _let_in(token, url_for("auth.account"))
            tell(_("Your password is changed; other browsers were signed out."))
            return response
    return _account(password=form, look=_look())


@bp.post("/account/look")
@signed_in_only
def account_look() -> Response:
    """Choose look, time zone and language."""
    form, me = LookForm(), _me()
    if not form.validate_on_submit():
        return _account(password=PasswordForm(formdata=None), look=form)
    spoken = form.language.data if form.language.data in dict(languages()) else ""
    with parts().acting(me.name) as act:
        actions.set_theme(act, me.operator_id, form.theme.data)
        actions.set_language(act, me.operator_id, spoken)
    response = done(
        url_for("auth.account"), _("Look, time zone and language are kept.")
    )
    response.set_cookie("theme", form.theme.data, max_age=ONE_YEAR, samesite="Lax")
    response.set_cookie("zone", form.zone.data, max_age=ONE_YEAR, samesite="Lax")
    response.set_cookie("language", spoken, max_age=ONE_YEAR, samesite="Lax")
    return response


@bp.post("/account/sign-ins/<int:sign_in_id>/end")
@signed_in_only
def account_end_sign_in(sign_in_id: int) -> Response:
    """End one of one's own sign-ins."""
    with parts().database.write() as database:
        signing_in.end_sign_in(database, _me().operator_id, sign_in_id)
    return done(url_for("auth.account"), _("That browser is signed out."))


@bp.post("/notices/seen")
@signed_in_only
def notices_seen() -> Response:
    """Take what one has seen from the start page."""
    last = request.form.get("last", 0, type=int)
    with parts().database.write() as database:
        count = note_notices_seen(database, _me(), last)
    return done("/", _("Noted.") if count else "")


def _me() -> queries.SignedIn:
    operator = current_operator()
    assert operator is not None  # noqa: S101 (the guard let nobody else in)
    return operator


def _look() -> LookForm:
    me = _me()
    data = {"theme": me.theme, "zone": zone(), "language": me.language}
    return LookForm(formdata=None, data=data)


def _account(*, password: FlaskForm, look: FlaskForm) -> Response:
    me = _me()
    with parts().database.read() as database:
        visits = queries.sign_ins_of(
            database, me.operator_id, parts().now(), parts().settings.idle
        )
    as_said = ("", _("As the browser says"))
    look.language.choices = choices([as_said, *languages()])
    status = 422 if password.errors or look.errors else 200
    return answer(
        "auth/account.html",
        "body",
        status=status,
        password=password,
        look=look,
        me=me,
        visits=visits,
        permissions=PERMISSIONS,
        zones=sorted(available_timezones()),
    )


@bp.get("/operators")
@requires("operators")
@remembered
def operators() -> Response:
    """List the operators."""
    with parts().database.read() as database:
        lines = queries.all_operators(database)
    words = request.args.get("q", "").strip()[:200]
    page, rows = page_of_rows([one for one in lines if one.fits(words)])
    listing = Listing(
        "operators", [ListFilter("q", _("Name or permission"), words)], page
    )
    return listed(
        "auth/operators.html",
        listing,
        lines=rows,
        everybody=len(lines),
        permissions=PERMISSIONS,
    )


@bp.route("/operators/new", methods=["GET", "POST"])
@requires("operators")
@fresh
def operator_new() -> Response:
    """Add an operator and show the link with which the password is chosen, once."""
    form, now = NewOperatorForm(), parts().now()
    if form.validate_on_submit():
        with blaming(form):
            with acting() as act:
                name, may, uid = (
                    form.name.data,
                    form.permissions.data,
                    form.person_uid.data or "",
                )
                operator = actions.add_operator(act, name, may, person_uid=uid)
                link = actions.make_setup_link(
                    act.session, now=now, operator_id=operator.id
                )
            return _show_link(operator.name, link)
    return answer("auth/operator_new.html", "form", form=form)


@bp.route("/operators/<int:operator_id>", methods=["GET", "POST"])
@requires("operators")
@fresh
def operator(operator_id: int) -> Response:
    """Show one operator, and change what he may do."""
    with parts().database.read() as database:
        found = queries.operator_line(database, operator_id)
    form = OperatorForm(
        data={"permissions": list(found.permissions), "person_uid": found.person_uid}
    )
    if form.validate_on_submit():
        with blaming(form):
            return _change(found.name, operator_id, form)
    return answer("auth/operator.html", "form", form=form, operator=found)


def _change(name: str, operator_id: int, form: FlaskForm) -> Response:
    with acting() as act:
        may, uid = form.permissions.data, form.person_uid.data or ""
        actions.change_operator(act, operator_id, may, uid)
    return done(url_for("auth.operators"), _("%(name)s is changed.", name=name))


@bp.post("/operators/<int:operator_id>/disable")
@requires("operators")
@fresh
def operator_disable(operator_id: int) -> Response:
    """Keep an operator from signing in."""
    with acting() as act:
        name = actions.disable_operator(act, operator_id).name
    undo = Undo(url_for("auth.operator_enable", operator_id=operator_id))
    return done(
        url_for("auth.operators"),
        _("%(name)s can no longer sign in.", name=name),
        undo=undo,
    )


@bp.post("/operators/<int:operator_id>/enable")
@requires("operators")
@fresh
def operator_enable(operator_id: int) -> Response:
    """Let a disabled operator sign in again."""
    with acting() as act:
        name = actions.enable_operator(act, operator_id).name
    undo = Undo(url_for("auth.operator_disable", operator_id=operator_id))
    return done(
        url_for("auth.operators"),
        _("%(name)s can sign in again.", name=name),
        undo=undo,
    )


@bp.post("/operators/<int:operator_id>/link")
@requires("operators")
@fresh
def operator_link(operator_id: int) -> Response:
    """Make a new set-up link for an operator and show it, once."""
    with acting() as act:
        link = actions.invite_again(act, operator_id)
        name = queries.operator_line(act.session, operator_id).name
    return _show_link(name, link)


def _show_link(name: str, link: str) -> Response:
    return answer(
        "auth/operator_link.html",
        "body",
        name=name,
        url=public_address(parts().settings, link),
    )
