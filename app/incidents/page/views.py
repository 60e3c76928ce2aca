"""One incident on one page, and the answers to the forms that stand on it."""

from __future__ import annotations

from typing import Any

from flask import Response, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, requires, unattended
from app.auth.acting import acting, posted
from app.core.changes import one
from app.core.htmx import Undo, answer, done, wants_fragment
from app.core.parts import parts
from app.core.texts import row_number
from app.core.web import blaming
from app.core.web.words import give_words
from app.incidents.answering.actions import Reply, reply
from app.incidents.blueprint import bp, page_of
from app.incidents.calls.actions import add_contact
from app.incidents.calls.forms import ContactForm
from app.incidents.links.actions import link, unlink
from app.incidents.links.forms import LinkForm
from app.incidents.links.queries import Target
from app.incidents.page.queries import alarms_of, incident_page, stretches
from app.incidents.page.rules import first_deed
from app.incidents.queue.lines import standing_of
from app.incidents.queue.rules import reason
from app.incidents.work.actions import be_present, note, step
from app.incidents.work.forms import SayForm
from app.incidents.work.queries import present
from app.models.incidents.incident import Incident
from app.models.incidents.words import Doing, EventKind, LinkTo

LEVEL = "level"
"""Under which name a browser's session keeps the level somebody wrote steps as."""

give_words(
    bp,
    happening_words={
        EventKind.REPORTED: _l("Reported"),
        EventKind.CLASSIFIED: _l("Priority"),
        EventKind.ASSIGNED: _l("Given to"),
        EventKind.ASKED: _l("Hand-over asked"),
        EventKind.HANDED_OVER: _l("Handed over"),
        EventKind.RETURNED: _l("Sent back"),
        EventKind.REDIRECTED: _l("Moved by the owner"),
        EventKind.LOCKED: _l("Bounce lock"),
        EventKind.UNLOCKED: _l("Lock lifted"),
        EventKind.STARTED: _l("Begun"),
        EventKind.WAITING: _l("Waits"),
        EventKind.RESUMED: _l("Went on"),
        EventKind.STEP: _l("Step tried"),
        EventKind.OWNER_FIXED: _l("Finally responsible"),
        EventKind.NOTE: _l("Note"),
        EventKind.CONTACT: _l("Got in touch"),
        EventKind.INFORMED: _l("Message"),
        EventKind.RAISED: _l("Moved up"),
        EventKind.ESCALATED: _l("Management told"),
        EventKind.STUCK: _l("Nothing happens"),
        EventKind.ORDERED: _l("Work ordered"),
        EventKind.ORDER_ANSWERED: _l("Work order answered"),
        EventKind.RESTORED: _l("Works again"),
        EventKind.CLOSED: _l("Closed"),
        EventKind.REOPENED: _l("Opened again"),
        EventKind.CANCELLED: _l("Cancelled"),
        EventKind.MERGED: _l("Merged"),
        EventKind.JOINED: _l("Joined"),
        EventKind.CHANGED: _l("Changed"),
        EventKind.FILE: _l("File"),
        EventKind.LINKED: _l("Linked"),
    },
)


@bp.get("/desk/<int:incident_id>")
@requires("desk")
def incident(incident_id: int) -> Response:
    """Show an incident: the story first, then one place to write, then everything around it."""
    return show(incident_id)


@bp.post("/desk/<int:incident_id>/note")
@requires("desk")
def incident_note(incident_id: int) -> AnyResponse:
    """Write a note, or an answer the requester reads too."""
    form = said()
    if form.public.data:
        return _answered(incident_id, form)
    with blaming(form):
        with acting() as act:
            note(act, incident_id, form.text.data or "")
        return done(page_of(incident_id), _("Written down."))
    return show(incident_id, status=422, say=form, tab="note")


def _answered(incident_id: int, form: SayForm) -> AnyResponse:
    """Answer the requester, and say which way that went."""
    given = Reply(
        form.text.data or "",
        form.files.data or (),
        form.articles.data or (),
        told=form.told.data,
    )
    with blaming(form):
        with acting() as act:
            mailed = reply(act, incident_id, given)
        if mailed:
            told = _("The answer is on its way by mail.")
        else:
            told = _("Written down; the requester reads it on their page.")
        return done(page_of(incident_id), told)
    return show(incident_id, status=422, say=form, tab="answer")


@bp.post("/desk/<int:incident_id>/step")
@requires("desk")
def incident_step(incident_id: int) -> AnyResponse:
    """Write down what was tried; the level is proposed again next time."""
    form = said()
    with blaming(form):
        with acting() as act:
            step(act, incident_id, form.text.data or "", form.level.data or 1)
        session[LEVEL] = form.level.data
        return done(page_of(incident_id), _("The step is written down."))
    return show(incident_id, status=422, say=form, tab="step")


def said(**given: Any) -> SayForm:
    """Return the form in which something is written down, as it was sent or empty."""
    form = SayForm(prefix="say", **given)
    form.text.render_kw = {"rows": 2, "placeholder": _("Write…")}
    return form


def show(
    incident_id: int,
    block: str = "body",
    *,
    status: int = 200,
    told: str = "",
    **given: Any,
) -> Response:
    """Answer with the page of an incident, or for htmx a block of it.

    ``given`` reaches the templates as ``given``: a form with its errors and what was typed, by the
    section's name.
    """
    viewer, now = current_operator_name(), parts().now()
    with parts().database.read() as reading:
        page = incident_page(reading, incident_id, viewer, now)
    story, left = page.panels["conversation"], page.one.target_at - now
    given.setdefault("link", LinkForm(formdata=None))
    given.setdefault("say", said(formdata=None, level=session.get(LEVEL, 1)))
    return answer(
        "incidents/page/incident.html",
        block,
        status=status,
        told=told,
        page=page,
        one=page.one,
        panels=page.panels,
        given=given,
        first=first_deed(page.one.state, page.one.agent, viewer),
        alarms=alarms_of(page),
        story=stretches(story),
        why=reason(standing_of(page.one, left)),
        left=left,
        tried=any(each.kind is EventKind.STEP for each in story),
        doing="viewing",
    )


@bp.post("/desk/<int:incident_id>/presence")
@unattended
@requires("desk")
def incident_presence(incident_id: int) -> AnyResponse:
    """Note that somebody has the page open, and tell who else has."""
    by, now = current_operator_name(), parts().now()
    doing = (
        Doing.ANSWERING
        if request.form.get("doing") == Doing.ANSWERING.value
        else Doing.VIEWING
    )
    with acting() as act:
        found = one(act.session, Incident, incident_id)
        be_present(act, incident_id, doing)
    if not wants_fragment():
        return done(page_of(incident_id))
    with parts().database.read() as reading:
        others = present(reading, incident_id, by, now)
    return answer(
        "incidents/page/incident.html",
        "presence",
        one=found,
        panels={"presence": others},
        doing=doing.value,
    )


@bp.post("/desk/<int:incident_id>/contact")
@requires("desk")
def contact_add(incident_id: int) -> AnyResponse:
    """Note that somebody got in touch about this incident again."""
    form = ContactForm()
    call_id = row_number(form.call_id.data or "")
    return posted(
        form,
        lambda act: add_contact(
            act,
            incident_id,
            form.who.data,
            form.text.data or "",
            via=form.via.data,
            call_id=call_id,
        ),
        page_of(incident_id),
        _("The contact is noted."),
    ) or show(incident_id, status=422, contacts=form)


@bp.post("/desk/<int:incident_id>/links")
@requires("desk")
def links(incident_id: int) -> AnyResponse:
    """Link an incident to an improvement or a wave."""
    form = LinkForm()
    return posted(
        form,
        lambda act: link(act, incident_id, form.target.data or "", form.kind.data),
        page_of(incident_id),
        _("They are linked."),
        lambda made: Undo(url_for("incidents.link_remove", link_id=made.id)),
    ) or show(incident_id, status=422, link=form)


@bp.post("/desk/links/<int:link_id>/remove")
@requires("desk")
def link_remove(link_id: int) -> AnyResponse:
    """Take a link away."""
    with acting() as act:
        gone = unlink(act, link_id)
    again = url_for("incidents.links", incident_id=gone.incident_id)
    undo = Undo(again, {"target": gone.target, "kind": gone.kind.value})
    return done(page_of(gone.incident_id), _("The link is gone."), undo=undo)


@bp.app_template_global()
def link_to(target: Target) -> Markup:
    """Return a link to an improvement or a wave."""
    if target.of is LinkTo.IMPROVEMENT:
        url = url_for("improvements.improvement", improvement_id=target.id)
    else:
        url = url_for("access.wave", wave_id=target.id)
    return Markup('<a href="{}">{}</a>').format(url, escape(target.title))
