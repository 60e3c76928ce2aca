"""The catalogue as a list and on its public page; a service's texts, running and urgency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.auth import public, requires
from app.auth.acting import acting
from app.catalog.blueprint import bp, page_of
from app.catalog.services import actions, queries
from app.catalog.services.forms import EDITS, NewForm, RunningForm, UrgencyForm
from app.catalog.services.queries import (
    calendar_choices,
    public_services,
    who_can_sign_in,
)
from app.catalog.services.rules import QUESTIONS, suggest
from app.core.errors import Conflict, NotFound
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.plain import plain
from app.core.web import asked_page, asked_sort, blaming, choices
from app.core.web.fields import Typed
from app.core.web.lists import (
    ListFilter,
    Listing,
    Option,
    listed,
    remembered,
    with_any,
)
from app.core.web.words import Look, give_words
from app.models.catalog.service import Service
from app.models.catalog.words import ServiceKind, ServiceState

give_words(
    bp,
    service_looks={
        ServiceState.DRAFT: Look("warn", "pencil", _l("draft")),
        ServiceState.PUBLISHED: Look("good", "check", _l("published")),
        ServiceState.RETIRED: Look("neutral", "ban", _l("retired")),
    },
    aspect_words={
        "owner": _l("Owner who can sign in"),
        "urgency": _l("Urgency"),
        "text": _l("Texts"),
        "script": _l("Influence script"),
        "facts": _l("Facts to ask for"),
    },
)


@bp.get("/services")
@requires("read")
@remembered
def index() -> Response:
    """List the services, and say how far the catalogue is."""
    wanted, sort, page = asked_filter(), asked_sort(queries.SORTS, "name"), asked_page()
    with parts().database.read() as session:
        page = page.of(queries.count_services(session, wanted))
        lines = queries.service_lines(session, wanted, sort, page.offset, page.size)
        far, owners = queries.progress(session), queries.owners(session)
    listing = Listing("services", _filters(wanted, owners), page, sort)
    return listed("catalog/services/index.html", listing, lines=lines, far=far)


def _filters(
    wanted: queries.ServiceFilter, owners: Sequence[Option]
) -> list[ListFilter]:
    kinds = [("service", _("for customers")), ("part", _("parts for IT"))]
    states = list(ServiceState)
    names = [("-", _("nobody")), *owners]
    return [
        ListFilter("q", _("Words"), wanted.q),
        ListFilter("kind", _("Kind"), wanted.kind, with_any(kinds, _("both"))),
        ListFilter(
            "state", _("State"), wanted.state, with_any(states, _("not retired"))
        ),
        ListFilter(
            "owner",
            _("Owner"),
            wanted.owner,
            with_any(names, _("anyone")),
            pick="operators",
            hint=_("- for nobody"),
        ),
    ]


@bp.get("/services/public")
@public
def public_catalogue() -> Response:
    """Show customers what they can have, in their words."""
    with parts().database.read() as session:
        lines = public_services(session)
    return answer("catalog/services/public.html", "body", lines=lines)


@bp.route("/services/new", methods=["GET", "POST"])
@requires("catalog")
def service_new() -> AnyResponse:
    """Add a service; its name is enough."""
    form = NewForm()
    if form.validate_on_submit():
        with blaming(form):
            values = form.values()
            with acting() as act:
                made = actions.add_service(
                    act,
                    values.pop("name"),
                    values,
                )
            return done(
                page_of(made.id),
                _("Added as a draft. Say what it is, and who answers for it."),
            )
    return answer("catalog/services/new.html", "form", form=form)


@bp.route("/services/<int:service_id>/edit/<string:part>", methods=["GET", "POST"])
@requires("catalog")
def service_edit(service_id: int, part: str) -> AnyResponse:
    """Change one part of a service; what others saved meanwhile is shown beside what was typed."""
    if part not in EDITS:
        raise NotFound(_("There is no such part."))
    with parts().database.read() as session:
        one = queries.get_service(session, service_id)
        form = EDITS[part][0](obj=one)
        offer(session, form, one)
    theirs: dict[str, Any] = {}
    if form.validate_on_submit():
        try:
            with blaming(form):
                with acting() as act:
                    actions.change_service(
                        act,
                        service_id,
                        form.values(),
                        revision=form.began_at,
                    )
                return done(page_of(service_id), _("Saved."))
        except Conflict:
            theirs = saved_meanwhile(form, one)
    status = 409 if theirs else 200
    context = {"form": form, "one": one, "question": EDITS[part][1], "theirs": theirs}
    return answer("catalog/services/edit.html", "form", status=status, **context)


@bp.route("/services/<int:service_id>/urgency", methods=["GET", "POST"])
@requires("catalog")
def service_urgency(service_id: int) -> AnyResponse:
    """Derive the urgency of a service from its tie to the main business process, then set it."""
    with parts().database.read() as session:
        one, waiting = (
            queries.get_service(session, service_id),
            queries.open_incidents(session, service_id),
        )
    form = UrgencyForm(data={"main_process": one.main_process, **one.urgency_answers})
    asked = form.validate_on_submit()
    if asked and request.form.get("do") != "suggest":
        with blaming(form):
            with acting() as act:
                actions.set_urgency(
                    act,
                    service_id,
                    form.answers,
                    form.urgency.data,
                    reason=form.reason.data or "",
                    main_process=form.main_process.data or "",
                )
            return done(
                page_of(service_id),
                _("The urgency is set; incidents keep theirs until classified again."),
            )
    suggestion = suggest(form.answers) if form.answers else None
    context: dict[str, Any] = {
        "one": one,
        "suggestion": suggestion,
        "waiting": waiting,
        "questions": QUESTIONS,
    }
    return answer("catalog/services/urgency.html", "form", form=form, **context)


def asked_filter() -> queries.ServiceFilter:
    """Return what the address narrows the list to."""
    asked = {
        name: request.args.get(name, "").strip()[:200]
        for name in ("q", "kind", "state", "owner")
    }
    kind = asked["kind"] if asked["kind"] in list(ServiceKind) else ""
    return queries.ServiceFilter(**{**asked, "kind": kind})


def offer(session: Session, form: Typed, one: Service) -> None:
    """Fill in what a form lets choose from."""
    if not isinstance(form, RunningForm):
        return
    if one.owner and one.owner not in who_can_sign_in(session):
        form.owner.description = _("%(name)s cannot sign in any more.", name=one.owner)
    form.calendar_id.choices = choices(
        [("", _("round the clock")), *calendar_choices(session)]
    )


def saved_meanwhile(form: Typed, one: Service) -> dict[str, Any]:
    """Return by field what somebody else saved and differs from what was typed; saving again is
    then a choice.
    """
    theirs = {
        name: plain(getattr(one, name))
        for name, mine in form.values().items()
        if plain(mine) != plain(getattr(one, name))
    }
    form.revision.data, form.revision.raw_data = one.revision, None
    return theirs or {"": ""}
