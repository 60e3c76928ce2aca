"""Undo: first what comes back and what others changed, then the order to do it."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from app.access.blueprint import bp
from app.access.undo.actions import undo
from app.access.undo.forms import UndoForm
from app.access.undo.health import count_health, health_lines
from app.access.undo.health import undo_health as health_of
from app.access.undo.looking import looked_at
from app.access.undo.queries import undo_page, with_a_look
from app.access.undo.whole import undo_role
from app.access.undo.whole_queries import role_undo_page, with_looks
from app.auth import fresh, requires
from app.auth.acting import acting, posted
from app.core.acting import Acting
from app.core.figures import people as people_of
from app.core.htmx import answer, done, wants_fragment
from app.core.parts import parts
from app.core.said import spoken
from app.core.web import asked_page, blaming
from app.core.web.lists import ListFilter, Listing, listed, remembered
from app.core.web.news import live
from app.core.web.paging import page_of_rows
from app.core.web.words import give_words
from app.models.access.whole import RoleUndo

OUTCOMES = {
    "impossible": _l("impossible"),
    "conflicts": _l("meets conflicts"),
    "clean": _l("clean"),
    "unknown": _l("not tried yet"),
}
TONES = {
    "impossible": "bad",
    "conflicts": "warn",
    "clean": "good",
    "unknown": "neutral",
}
KINDS = {
    "gone": _l("The group is gone: the same for all %(count)s"),
    "replaced": _l("Another group bears its name: the same for all %(count)s"),
    "changed": _l("Others changed it: the same for all %(count)s"),
}
give_words(
    bp,
    undo_outcome_words=OUTCOMES,
    undo_outcome_tones=TONES,
    undo_kind_words=KINDS,
)


@bp.route("/waves/<int:wave_id>/undo", methods=["GET", "POST"])
@requires("apply")
@fresh
def wave_undo(wave_id: int) -> AnyResponse:
    """Show what an undo of a wave, or of one person of it, would do; then ask for it."""
    form, person = UndoForm(), request.args.get("person", type=int)
    if form.validate_on_submit():
        with blaming(form):
            return _asked_for(form, wave_id, person)
    with parts().database.read() as session:
        page = undo_page(session, wave_id, person)
    text = request.args.get("q", "").strip()[:200]
    paging, listed_people = page_of_rows(
        [one for one in page.people if one.is_called(text)]
    )
    shown = {one.person_id for one in listed_people}
    page = page.only(shown) if wants_fragment() else page.looking_first_at(shown)
    page, away = looked_at(page, with_a_look) if page.people else (page, "")
    words = ListFilter("q", _("Name or account"), text)
    return listed(
        "access/undo/wave_undo.html",
        Listing("people", [words], paging, carried=("person",)),
        form=form,
        page=page,
        away=away,
        rows=[one for one in page.people if one.person_id in shown],
    )


@bp.route("/roles/<int:role_id>/undo", methods=["GET", "POST"])
@requires("apply")
@fresh
def role_undo(role_id: int) -> AnyResponse:
    """Show what taking a role back from everybody would do; then ask for it."""
    form = UndoForm()

    def asked(act: Acting) -> RoleUndo:
        decisions = form.decisions()
        reason = form.reason.data or ""
        return undo_role(act, role_id, decisions=decisions, reason=reason)

    done_with = posted(
        form,
        asked,
        url_for("access.role", role_id=role_id),
        _("The role is taken back, wave after wave."),
    )
    if done_with is not None:
        parts().ring()
        return done_with
    with parts().database.read() as session:
        page = role_undo_page(session, role_id)
    page, away = looked_at(page, with_looks) if page.waves else (page, "")
    return answer("access/undo/role_undo.html", "form", form=form, page=page, away=away)


def _asked_for(form: UndoForm, wave_id: int, person: int | None) -> AnyResponse:
    reason = (form.reason.data or "").strip()
    with acting() as act:
        found = undo(act, wave_id, person, decisions=form.decisions(), reason=reason)
        count = spoken(people_of(len(found)))
    parts().ring()
    told = _("The undo started, %(people)s.", people=count)
    return done(url_for("access.wave", wave_id=wave_id), told)


@bp.get("/undo-health")
@requires("read")
@live
@remembered
def undo_health() -> Response:
    """List every open undo and how it would go, the worst first."""
    outcome, page = request.args.get("state", ""), asked_page()
    with parts().database.read() as session:
        page = page.of(count_health(session, outcome))
        lines = health_lines(session, outcome, page.offset, page.size)
        health = health_of(session)
    outcomes = [("", _("all")), *((key, word) for key, word in OUTCOMES.items())]
    listing = Listing(
        "undos",
        [ListFilter("state", _("How it would go"), outcome, outcomes)],
        page,
        marks={line.switch_id: (line.outcome, line.conflicts) for line in lines},
        changing=health.unknown > 0,
    )
    return listed(
        "access/undo/undo_health.html",
        listing,
        lines=lines,
        health=health,
    )
