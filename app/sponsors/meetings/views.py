"""Meetings: their list, one of them, who came, what came of it; what is said in each."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, requires
from app.auth.acting import acting, posted
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.said import spoken
from app.core.web.lists import ListFilter, Listing, listed, remembered, with_any
from app.core.web.paging import page_of_rows
from app.core.web.words import Look, give_words
from app.improvements.queries import get_improvement
from app.models.sponsors.meeting import MeetingOutcome
from app.models.sponsors.words import (
    MeetingKind,
    MeetingState,
    OutcomeKind,
    Presence,
)
from app.sponsors.blueprint import bp
from app.sponsors.meetings import actions
from app.sponsors.meetings.actions import CameDraft, OutcomeDraft
from app.sponsors.meetings.forms import (
    CameForm,
    GuestsForm,
    KeyMessageForm,
    LinkOutcomeForm,
    MeetingForm,
    NewMeetingForm,
    OutcomeForm,
)
from app.sponsors.meetings.queries import (
    MeetingLine,
    came_from,
    files_for,
    may_become,
    meeting_lines,
    meeting_page,
    meetings_of,
    messages_of,
    outcome_alone,
)
from app.sponsors.meetings.rules import SMALL_GROUP, Agenda, Became, became_of

FOLDER = "sponsors/meetings/"
AGAIN = ("title", "place", "link", "audience", "presenter", "agenda", "impact")
"""What a further session begins with."""
give_words(
    bp,
    meeting_looks={
        MeetingState.PLANNED: Look("info", "calendar"),
        MeetingState.HELD: Look("good", "check"),
        MeetingState.CANCELLED: Look("neutral", "x"),
    },
    presence_looks={
        Presence.INVITED: Look("neutral", "mail"),
        Presence.THERE: Look("good", "check"),
        Presence.EXCUSED: Look("neutral", "circle-minus"),
        Presence.MISSING: Look("warn", "circle-x"),
    },
)
NEW = _l("Plan a meeting")


@bp.get("/meetings")
@requires("stakeholders")
@remembered
def meetings() -> Response:
    """List the meetings about all improvements."""
    with parts().database.read() as session:
        lines = meeting_lines(session)
    return _listed(lines, one=None, messages=())


@bp.get("/improvements/<int:improvement_id>/meetings")
@requires("stakeholders")
def meetings_about(improvement_id: int) -> Response:
    """List the meetings about one improvement, and what is said in each."""
    return _about(improvement_id, KeyMessageForm(formdata=None))


@bp.post("/improvements/<int:improvement_id>/messages")
@requires("stakeholders")
def meeting_message_new(improvement_id: int) -> AnyResponse:
    """Write down what is to be said in every meeting."""
    form = KeyMessageForm()
    return posted(
        form,
        lambda act: actions.add_message(
            act, improvement_id, form.text.data or "", form.audience.data or ""
        ),
        url_for("sponsors.meetings_about", improvement_id=improvement_id),
        _("Written down; every meeting shows it."),
    ) or _about(improvement_id, form)


@bp.post("/messages/key/<int:message_id>/drop")
@requires("stakeholders")
def meeting_message_drop(message_id: int) -> AnyResponse:
    """Take a key message off the list."""
    with acting() as act:
        number = actions.drop_message(act, message_id)
    back = url_for("sponsors.meetings_about", improvement_id=number)
    return done(back, _("It is not said any more."))


@bp.route("/improvements/<int:improvement_id>/meetings/new", methods=["GET", "POST"])
@requires("stakeholders")
def meeting_new(improvement_id: int) -> AnyResponse:
    """Plan a meeting: a first one, or a further session of one."""
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
        files = files_for(session, improvement_id)
        begun = _begun(session, one)
    form = NewMeetingForm(data=begun)
    form.file_id.choices = files
    return posted(
        form,
        lambda act: actions.plan_meeting(
            act, improvement_id, _typed(form), form.guests.keys
        ),
        lambda made: _page(made.id),
        _("Planned. Nobody is told of it yet."),
    ) or answer(
        "improvements/plain_form.html",
        "form",
        form=form,
        one=one,
        back=url_for("sponsors.meetings_about", improvement_id=improvement_id),
        title=NEW,
        hint=_("The agenda begins with what belongs into a meeting of this kind."),
    )


@bp.get("/meetings/<int:meeting_id>")
@requires("stakeholders")
def meeting(meeting_id: int) -> Response:
    """Show one meeting: who is invited, who came, what came of it."""
    return _show(meeting_id)


@bp.route("/meetings/<int:meeting_id>/edit", methods=["GET", "POST"])
@requires("stakeholders")
def meeting_edit(meeting_id: int) -> AnyResponse:
    """Move a meeting, or say it better."""
    with parts().database.read() as session:
        page = meeting_page(session, meeting_id)
        one = get_improvement(session, page.one.improvement_id)
        files = files_for(session, one.id)
    form = MeetingForm(obj=page.one)
    form.file_id.choices = files
    return posted(
        form,
        lambda act: actions.change_meeting(act, meeting_id, _typed(form)),
        _page(meeting_id),
        _("Changed. Who was invited is not told by itself."),
    ) or answer(
        "improvements/plain_form.html",
        "form",
        form=form,
        one=one,
        back=_page(meeting_id),
        title=_("Change the meeting"),
        hint="",
    )


@bp.get("/meetings/<int:meeting_id>.ics")
@requires("stakeholders")
def meeting_ical(meeting_id: int) -> Response:
    """Hand it out for a calendar."""
    with parts().database.read() as session:
        page = meeting_page(session, meeting_id)
    host = request.host.partition(":")[0]
    text = page.entry.ical(host, parts().now())
    sent = Response(text, content_type="text/calendar; charset=utf-8")
    name = f"meeting-{meeting_id}.ics"
    sent.headers.set("Content-Disposition", "attachment", filename=name)
    return sent


@bp.post("/meetings/<int:meeting_id>/guests")
@requires("stakeholders")
def meeting_guests(meeting_id: int) -> AnyResponse:
    """Add people to who is invited."""
    form = GuestsForm(prefix="more")
    return posted(
        form,
        lambda act: actions.add_guests(act, meeting_id, form.guests.keys),
        _page(meeting_id),
        lambda new: ngettext(
            "%(num)s more on the list.", "%(num)s more on the list.", new
        ),
    ) or _show(meeting_id, guests=form, form=form)


@bp.post("/meetings/<int:meeting_id>/invite")
@requires("stakeholders")
def meeting_invite(meeting_id: int) -> AnyResponse:
    """Tell everybody on the list when and where it is."""
    with acting() as act:
        actions.invite(act, meeting_id)
    return done(_page(meeting_id), _("The invitation is on its way."))


@bp.post("/meetings/<int:meeting_id>/hold")
@requires("stakeholders")
def meeting_hold(meeting_id: int) -> AnyResponse:
    """Say who was there and which messages were said."""
    there, messages = (_numbers(name) for name in ("there", "message"))
    with acting() as act:
        actions.hold_meeting(act, meeting_id, there, messages)
    return done(_page(meeting_id), _("Noted who was there."))


@bp.post("/meetings/<int:meeting_id>/cancel")
@requires("stakeholders")
def meeting_cancel(meeting_id: int) -> AnyResponse:
    """Say that it does not take place."""
    with acting() as act:
        actions.cancel_meeting(act, meeting_id)
    return done(
        _page(meeting_id), _("Cancelled. Who was invited is not told by itself.")
    )


@bp.post("/meetings/<int:meeting_id>/outcomes")
@requires("stakeholders")
def meeting_outcome(meeting_id: int) -> AnyResponse:
    """Note what came of it: a decision, a finding, a task."""
    form = OutcomeForm()
    return posted(
        form,
        lambda act: actions.add_outcome(act, meeting_id, OutcomeDraft(**form.values())),
        _page(meeting_id),
        _("Noted."),
    ) or _show(meeting_id, outcome=form, form=form)


@bp.route("/meetings/outcomes/<int:outcome_id>", methods=["GET", "POST"])
@requires("stakeholders")
def meeting_outcome_link(outcome_id: int) -> AnyResponse:
    """Say which decision, finding or task of the improvement came of it."""
    with parts().database.read() as session:
        outcome = outcome_alone(session, outcome_id)
        page = meeting_page(session, outcome.meeting_id)
        records = may_become(session, page.one.improvement_id)
    linked = next((key for key, _name in records if _is_of(outcome, key)), "")
    form = LinkOutcomeForm(data={"became": linked})
    form.became.choices = records
    back = _page(outcome.meeting_id) + "#outcomes"
    return posted(
        form,
        lambda act: actions.link_outcome(
            act, outcome_id, became_of(form.became.data or "")
        ),
        back,
        _("Linked, there and back."),
    ) or answer(
        "improvements/plain_form.html",
        "form",
        form=form,
        one=page.one,
        back=back,
        title=outcome.text,
        hint=_("The decision, finding or task names this meeting from then on."),
    )


@bp.app_template_global()
def came_of_meetings(kind: str, number: int) -> list[tuple[int, str]]:
    """Return the meetings that a decision, finding or task came of."""
    with parts().database.read() as session:
        return came_from(session, Became(OutcomeKind(kind), number))


@bp.route("/meetings/guests/<int:guest_id>", methods=["GET", "POST"])
@requires("stakeholders")
def meeting_guest(guest_id: int) -> AnyResponse:
    """Say whether somebody came, and what they said of it."""
    with parts().database.read() as session:
        guest = actions.guest_named(session, guest_id)
        page = meeting_page(session, guest.meeting_id)
    form = CameForm(obj=guest)
    back = _page(guest.meeting_id)
    return posted(
        form,
        lambda act: actions.note_presence(act, guest_id, CameDraft(**form.values())),
        back,
        _("Noted."),
    ) or answer(
        "improvements/plain_form.html",
        "form",
        form=form,
        one=page.one,
        back=back,
        title=guest.name,
        hint=_("What was said of it afterwards, with the day."),
        strike=url_for("sponsors.meeting_guest_drop", guest_id=guest_id),
    )


@bp.post("/meetings/guests/<int:guest_id>/drop")
@requires("stakeholders")
def meeting_guest_drop(guest_id: int) -> AnyResponse:
    """Take somebody off the list."""
    with acting() as act:
        guest = actions.drop_guest(act, guest_id)
    return done(_page(guest.meeting_id), _("Taken off the list."))


@bp.post("/meetings/<int:meeting_id>/delete")
@requires("stakeholders")
def meeting_delete(meeting_id: int) -> AnyResponse:
    """Delete it for good."""
    with acting() as act:
        number = actions.delete_meeting(act, meeting_id)
    back = url_for("sponsors.meetings_about", improvement_id=number)
    return done(back, _("Deleted for good, with everything that was noted."))


def _about(improvement_id: int, form: KeyMessageForm) -> Response:
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
        lines = meetings_of(session, improvement_id)
        messages = messages_of(session, improvement_id)
    return _listed(lines, one=one, messages=messages, form=form)


def _listed(lines: list[MeetingLine], **context: Any) -> Response:
    text, kind = (request.args.get(name, "").strip() for name in ("text", "kind"))
    kinds = [(each.value, _(each.value)) for each in MeetingKind]
    filters = [
        ListFilter("text", _("Words"), text[:200]),
        ListFilter("kind", _("What for"), kind, with_any(kinds, _("any"))),
    ]
    fitting = [
        line for line in lines if line.fits(text[:200]) and kind in ("", line.row.kind)
    ]
    page, rows = page_of_rows(fitting)
    listing = Listing("meetings", filters, page)
    return listed(FOLDER + "meetings.html", listing, lines=rows, **context)


def _show(meeting_id: int, **sent: Any) -> Response:
    with parts().database.read() as session:
        page = meeting_page(session, meeting_id)
        records = may_become(session, page.one.improvement_id)
    there = {
        "guests": GuestsForm(None, prefix="more"),
        "outcome": OutcomeForm(formdata=None, data={"owner": current_operator_name()}),
    }
    begun = page.one.begins_at <= parts().now()
    context: dict[str, Any] = {"page": page, "begun": begun, **there, **sent}
    context["outcome"].became.choices = records
    return answer(FOLDER + "meeting.html", "body", **context)


def _begun(session: Any, one: Any) -> dict[str, Any]:
    """Return what the form begins with: the agenda of its kind, or the session before."""
    before = request.args.get("like", type=int)
    if before:
        like = meeting_page(session, before).one
        again = {name: getattr(like, name) for name in AGAIN}
        return again | {"kind": like.kind, "minutes": like.minutes}
    asked = request.args.get("kind", "")
    kind = next((each for each in MeetingKind if each == asked), MeetingKind.KICK_OFF)
    return {
        "kind": kind,
        "title": one.title,
        "minutes": 60,
        "agenda": Agenda(kind, one.vision, one.objective).text,
        **(_small() if request.args.get("small") else {}),
        "presenter": current_operator_name(),
    }


def _small() -> dict[str, Any]:
    """Return what a session in a small group begins with."""
    return {
        "minutes": 30,
        "agenda": spoken(SMALL_GROUP),
        "audience": _("Five at most"),
    }


def _page(meeting_id: int) -> str:
    return url_for("sponsors.meeting", meeting_id=meeting_id)


def _is_of(outcome: MeetingOutcome, record: str) -> bool:
    became = became_of(record)
    kept = getattr(outcome, f"{became.kind}_id") if became else None
    return became is not None and kept == became.number


def _numbers(name: str) -> set[int]:
    return {int(text) for text in request.form.getlist(name) if text.isdecimal()}


def _typed(form: MeetingForm) -> dict[str, Any]:
    values = form.values()
    values.pop("guests", None)
    return values
