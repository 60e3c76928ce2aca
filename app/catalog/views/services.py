"""The catalogue as a list and on its public page; one service: page, texts, urgency, history."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_permissions, public, requires
from app.auth.acting import acting
from app.catalog.actions import services as actions
from app.catalog.forms.services import EDITS, NewForm, UrgencyForm
from app.catalog.queries import pages_service, services
from app.catalog.queries.duties import duty_report
from app.catalog.queries.export import HEADER, catalogue_rows
from app.catalog.queries.public import public_services
from app.catalog.rules.priority import URGENCIES
from app.catalog.rules.urgency import QUESTIONS, suggest
from app.catalog.views.blueprint import bp
from app.catalog.views.offering import offer, saved_meanwhile
from app.core.charts.figure import both
from app.core.errors import Conflict, NotFound
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.plain import ref
from app.core.trail import about, count, history
from app.core.web import asked_page, asked_sort, blaming, csv_answer
from app.models.catalog.words import ServiceKind, ServiceState


@bp.get("/services")
@requires("read")
def index() -> Response:
    """List the services, and say how far the catalogue is."""
    wanted, sort, page = asked_filter(), asked_sort(services.SORTS, "name"), asked_page()
    with parts().database.read() as session:
        page = page.of(services.count_services(session, wanted))
        lines = services.service_lines(session, wanted, sort, page.offset, page.size)
        far, owners = services.progress(session), services.owners(session)
    return answer(
        "catalog/index.html",
        "list",
        lines=lines,
        wanted=wanted,
        sort=sort,
        page=page,
        far=far,
        owners=owners,
        kinds=[("service", _("for customers")), ("part", _("parts for IT"))],
        states=list(ServiceState),
    )


@bp.get("/services.csv")
@requires("read")
def index_csv() -> Response:
    """Return the list as a spreadsheet, with the columns an import reads."""
    with parts().database.read() as session:
        rows = list(catalogue_rows(session, asked_filter(), asked_sort(services.SORTS, "name")))
    return csv_answer("services.csv", HEADER, rows)


@bp.get("/services/public")
@public
def public_catalogue() -> Response:
    """Show customers what they can have, in their words."""
    with parts().database.read() as session:
        lines = public_services(session)
    return answer("catalog/public.html", "body", lines=lines)


@bp.get("/services/duties")
@requires("read")
def duties() -> Response:
    """Show who answers for what, and count where nobody does."""
    with parts().database.read() as session:
        report = duty_report(session)
    return answer("catalog/accountable.html", "body", report=report)


@bp.get("/services/duties.csv")
@requires("read")
def duties_csv() -> Response:
    """Return who answers for what as a spreadsheet."""
    with parts().database.read() as session:
        report = duty_report(session)
    rows = ((line.name, line.state, line.owner, *line.accountable) for line in report.lines)
    return csv_answer("duties.csv", ("service", "state", "owner", *report.processes), rows)


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
                page_of(made.id), _("Added as a draft. Say what it is, and who answers for it.")
            )
    return answer("catalog/new.html", "form", form=form)


@bp.get("/services/<int:service_id>")
@requires("read")
def service(service_id: int) -> Response:
    """Show one service on one page."""
    with parts().database.read() as session:
        page = pages_service.service_page(session, service_id)
        objections = actions.publish_objections(session, page.one)
    picture = both(page.composite) if page.composite else ""
    context: dict[str, Any] = {
        "page": page,
        "objections": objections,
        "picture": picture,
        "urgencies": URGENCIES,
    }
    return answer("catalog/service.html", "body", **context)


@bp.get("/services/<int:service_id>/history")
@requires("read")
def service_history(service_id: int) -> Response:
    """Show what was done to a service and everything in it, field by field."""
    asked = asked_page()
    with parts().database.read() as session:
        one = services.get_service(session, service_id)
        done_to_it = about(ref(one))
        asked = asked.of(count(session, done_to_it))
        events = history(session, done_to_it, current_permissions(), asked.offset, asked.size)
    return answer("catalog/history.html", "list", one=one, events=events, page=asked)


@bp.route("/services/<int:service_id>/edit/<string:part>", methods=["GET", "POST"])
@requires("catalog")
def service_edit(service_id: int, part: str) -> AnyResponse:
    """Change one part of a service; what others saved meanwhile is shown beside what was typed."""
    if part not in EDITS:
        raise NotFound(_("There is no such part."))
    with parts().database.read() as session:
        one = services.get_service(session, service_id)
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
    return answer("catalog/edit.html", "form", status=status, **context)


@bp.route("/services/<int:service_id>/urgency", methods=["GET", "POST"])
@requires("catalog")
def service_urgency(service_id: int) -> AnyResponse:
    """Derive the urgency of a service from its tie to the main business process, then set it."""
    with parts().database.read() as session:
        one, waiting = (
            services.get_service(session, service_id),
            pages_service.open_incidents(session, service_id),
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
    return answer("catalog/urgency.html", "form", form=form, **context)


def asked_filter() -> services.ServiceFilter:
    """Return what the address narrows the list to."""
    asked = {
        name: request.args.get(name, "").strip()[:200] for name in ("q", "kind", "state", "owner")
    }
    kind = asked["kind"] if asked["kind"] in list(ServiceKind) else ""
    return services.ServiceFilter(**{**asked, "kind": kind})


def page_of(service_id: int) -> str:
    """Return the address of a service."""
    return url_for("catalog.service", service_id=service_id)
