"""Who calls, their card, and the form of a report: the caller first."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, make_response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, requires, signed, unattended
from app.auth.acting import posted
from app.core.errors import Invalid, RungError
from app.core.htmx import answer, wants_fragment
from app.core.parts import parts
from app.core.texts import row_number
from app.core.web import choices
from app.core.web.lists import Listing, listed
from app.core.web.paging import page_of_rows
from app.incidents.blueprint import bp, page_of
from app.incidents.calls.actions import facts_given, take_call, take_in
from app.incidents.calls.forms import NO_SERVICE, IntakeForm, facts_typed
from app.incidents.calls.queries import (
    Card,
    Intake,
    IntakeAsked,
    calls_now,
    card,
    intake,
    last_calls,
    open_of,
    recent_of,
    site_of,
)
from app.incidents.calls.rules import demand_genuine, dialled, understood
from app.incidents.intake.actions import Report
from app.knowledge.queries import search_articles
from app.models.catalog.service import Fact
from app.models.incidents.words import IncidentKind
from app.people.queries.callers import caller, find_callers
from app.people.rules.numbers import number_of

bp.add_app_template_filter(dialled, "dialled")


@bp.get("/desk/new")
@requires("desk")
def new() -> Response:
    """Ask who calls; then, for somebody known, show what is open before anything is asked."""
    person_id = request.args.get("person", type=int)
    if person_id is None and "unknown" not in request.args:
        return _ask_who()
    with parts().database.read() as session:
        person = caller(session, person_id) if person_id else None
        open_ones = open_of(session, person.person_id) if person else []
        recent = recent_of(session, person.person_id) if person and open_ones else []
        site = site_of(session, person.site) if person else None
    if open_ones and "anyway" not in request.args:
        return answer(
            "incidents/calls/known.html",
            "body",
            person=person,
            open=open_ones,
            recent=recent,
            call=_call(),
        )
    return _show_intake(_opened(person_id if person else None, site))


@bp.post("/desk/new")
@requires("desk")
def new_send() -> AnyResponse:
    """Take what was typed a step further, or save it when everything was asked."""
    form = IntakeForm()
    scene = _intake_scene(form)
    _offer(form, scene)
    if not _complete(form, scene):
        return _show_intake(form, scene)
    values, reasons = facts_typed(fact.id for fact in scene.facts)
    saved = posted(
        form,
        lambda act: take_in(
            act, _report_told(form, scene, facts_given(scene.facts, values, reasons))
        ),
        lambda made: page_of(made.id),
        lambda made: _("Incident %(id)s is saved.", id=made.id),
    )
    return saved or _show_intake(form, scene)


def _ask_who() -> Response:
    wanted = request.args.get("q", "").strip()[:200]
    country = parts().settings.phone_country
    with parts().database.read() as session:
        found = find_callers(session, wanted, country=country)
    field = (
        "requester_phone"
        if number_of(wanted, country)
        else "requester_mail"
        if "@" in wanted
        else "requester"
    )
    values: dict[str, Any] = {
        "unknown": 1,
        "call": _call() or None,
        field: wanted or None,
    }
    other = url_for("incidents.new", **values)
    return answer(
        "incidents/calls/who.html",
        "body",
        wanted=wanted,
        found=found,
        call=_call(),
        other=other,
    )


def _opened(person_id: int | None, site: int | None) -> IntakeForm:
    asked = {
        name: request.args.get(name, "")[:200]
        for name in ("requester", "requester_phone", "requester_mail")
    }
    kept = {
        "person_id": person_id or "",
        "call_id": _call(),
        "site_id": site,
        "seen_service": "",
    }
    return IntakeForm(formdata=None, data={**asked, **kept})


def _call() -> str:
    asked = request.args.get("call", "")
    return asked if row_number(asked) is not None else ""


def _intake_scene(form: IntakeForm) -> Intake:
    asked = IntakeAsked(
        person_id=form.number("person_id"),
        service_id=form.number("service_id"),
        service=form.service.data or "",
        site_id=form.site_id.data,
        seen_service=form.number("seen_service"),
        script_id=form.number("script_id"),
        tokens=request.form.getlist("given"),
        chosen=request.form.get("chosen", ""),
        keep=request.form.get("keep", type=int),
    )
    with parts().database.read() as session:
        return intake(session, asked)


def _complete(form: IntakeForm, scene: Intake) -> bool:
    """Tell whether everything was shown that has to be asked, so that what was sent may be
    saved.
    """
    if (
        "chosen" in request.form
        or "keep" in request.form
        or scene.changed
        or scene.unfound
    ):
        return False
    if form.complaint:
        return True
    shown = str(scene.service.id) if scene.service else NO_SERVICE
    return form.seen_service.data == shown and not (scene.walk and scene.walk.question)


def _report_told(form: IntakeForm, scene: Intake, facts: dict[int, str]) -> Report:
    walked = scene.walk
    impact = walked.impact if walked and walked.impact else form.number("impact")
    if (
        scene.service
        and impact is None
        and form.kind.data == IncidentKind.INCIDENT.value
    ):
        raise Invalid(_("Say whom it stops."), field="impact")
    return Report(
        form.title.data,
        effect=form.effect.data or "",
        kind=IncidentKind(form.kind.data),
        via=form.via.data,
        person_id=form.number("person_id"),
        requester=form.requester.data or "",
        requester_mail=form.requester_mail.data or "",
        requester_phone=form.requester_phone.data or "",
        site_id=form.site_id.data,
        service_id=scene.service.id if scene.service else None,
        script_id=scene.script_id,
        answers=walked.recorded if walked else (),
        impact=impact,
        facts=facts,
        call_id=form.number("call_id"),
    )


def _show_intake(form: IntakeForm, scene: Intake | None = None) -> Response:
    scene = scene or _intake_scene(form)
    _offer(form, scene)
    values, reasons = facts_typed(fact.id for fact in scene.facts)
    nothing = NO_SERVICE if request.method == "POST" else ""
    form.seen_service.data = str(scene.service.id) if scene.service else nothing
    form.script_id.data = str(scene.script_id or "")
    if scene.service:
        form.service_id.data, form.service.data = str(scene.service.id), ""
    return answer(
        "incidents/calls/new.html",
        "form",
        form=form,
        scene=scene,
        values=values,
        reasons=reasons,
        focus=_focus(form, scene, values),
        ready=_ready(form, scene),
    )


def _ready(form: IntakeForm, scene: Intake) -> bool:
    """Tell whether what is sent next is saved, unless another service is chosen."""
    asking = scene.unfound or bool(scene.walk and scene.walk.question)
    return form.complaint or bool(form.seen_service.data and not asking)


def _focus(form: IntakeForm, scene: Intake, values: dict[int, str]) -> str:
    """Return which part of the page the keyboard should be at."""
    if not (form.title.data or "").strip():
        return "title"
    if scene.service is None:
        return "service"
    missing = [fact for fact in scene.facts if _open(fact, values)]
    if scene.walk and scene.walk.question:
        return "question"
    if scene.walk is None and not form.impact.data:
        return "impact"
    return f"fact-{missing[0].id}" if missing else "save"


def _open(fact: Fact, values: dict[int, str]) -> bool:
    return fact.required and not values.get(fact.id)


def _offer(form: IntakeForm, scene: Intake) -> None:
    pairs: list[Any] = [
        (str(one.id), f"{one.name} ({why})") for one, why in scene.services
    ]
    form.service_id.choices = choices([*pairs, (NO_SERVICE, _("not known yet"))])


@bp.get("/desk/new/articles")
@requires("desk")
def articles_found() -> Response:
    """Offer articles that may help while the title is being typed."""
    wanted = request.args.get("title", "").strip()[:200]
    with parts().database.read() as session:
        found = search_articles(session, wanted) if wanted else []
    return answer(
        "incidents/calls/articles_found.html", "hits", found=found, wanted=wanted
    )


@bp.get("/desk/calls")
@requires("desk")
def calls() -> Response:
    """List the calls that ring now, each with its card, and the last ones."""
    with parts().database.read() as session:
        earlier = last_calls(session, current_operator_name())
    page, rows = page_of_rows(earlier)
    listing = Listing("calls", page=page)
    return listed("incidents/calls/calls.html", listing, cards=_cards(), earlier=rows)


@bp.get("/desk/calls/ringing")
@unattended
@requires("desk")
def ringing() -> AnyResponse:
    """Return the cards of calls under way; nothing when they are those shown already."""
    if not wants_fragment():
        return redirect(url_for("incidents.calls"), 303)
    cards = _cards()
    seen = fingerprint(cards)
    if request.args.get("seen", "") == seen:
        return make_response("", 204)
    return answer("incidents/calls/ringing.html", "cards", cards=cards, seen=seen)


@bp.get("/desk/calls/<int:call_id>")
@requires("desk")
def call(call_id: int) -> Response:
    """Show one call; ``person`` in the address is the candidate the agent chose."""
    with parts().database.read() as session:
        found = card(
            session,
            call_id,
            request.args.get("person", type=int),
            country=parts().settings.phone_country,
        )
    return answer("incidents/calls/call.html", "body", card=found)


@bp.app_template_global("telephone_connected")
def telephone_connected() -> bool:
    """Tell whether a telephone system tells of calls, so that pages ask for them."""
    return bool(parts().settings.cti_secret)


def fingerprint(cards: list[Card]) -> str:
    """Return what tells whether the same is shown as before."""
    return "-".join(
        f"{each.call.id}.{each.call.state.name}.{len(each.open)}" for each in cards
    )


def _cards() -> list[Card]:
    country = parts().settings.phone_country
    with parts().database.read() as session:
        under_way = calls_now(session, current_operator_name(), parts().now())
        return [card(session, each.id, country=country) for each in under_way]


MOST_BYTES = 10_000


@bp.post("/api/cti")
@signed
def cti() -> tuple[Response, int]:
    """Take one event of a call."""
    settings, now = parts().settings, parts().now()
    if not settings.cti_secret:
        return _problem(
            "No telephone is connected: the setting cti_secret is empty.", 404
        )
    if (request.content_length or 0) > MOST_BYTES:
        return _problem("The body is too long.", 413)
    sent = request.get_data(), request.headers.get("X-Rung-Signature", "")
    try:
        demand_genuine(
            settings.cti_secret, request.headers.get("X-Rung-Timestamp", ""), *sent, now
        )
        with parts().acting("telephone") as act:
            call = take_call(act, understood(sent[0]))
    except RungError as error:
        return _problem(error.message, error.status)
    return jsonify(
        call=call.key, state=call.state.value, known=call.person_id is not None
    ), 200


def _problem(sentence: str, status: int) -> tuple[Response, int]:
    return jsonify(error=sentence), status
