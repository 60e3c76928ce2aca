"""The complaints register: ranked, heard again, answered, made into an improvement."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting, posted
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web.lists import ListFilter, Listing, listed, remembered, with_any
from app.core.web.paging import page_of_rows
from app.improvements.blueprint import bp, page_of
from app.improvements.complaints import actions
from app.improvements.complaints.actions import ComplaintSaid
from app.improvements.complaints.forms import (
    AnswerForm,
    ComplaintChangeForm,
    ComplaintForm,
    JoinForm,
    VoiceForm,
)
from app.improvements.complaints.queries import (
    complaint_line,
    complaint_lines,
    still_heard,
)
from app.models.improvements.words import ComplaintState, Defect


@bp.get("/complaints")
@requires("read")
@remembered
def complaints() -> Response:
    """List the complaints, those that weigh most first."""
    asked = {
        name: request.args.get(name, "").strip()[:200]
        for name in ("text", "defect", "state", "after")
    }
    with parts().database.read() as session:
        lines = complaint_lines(
            session, text=asked["text"], defect=asked["defect"], state=asked["state"]
        )
    remains = still_heard(lines)
    if asked["after"] == "heard":
        lines = [line for line in lines if line.remaining]
    page, rows = page_of_rows(lines)
    spoken = [(defect.value, _(defect.value)) for defect in Defect]
    defects = with_any(spoken, _("anything"))
    states = with_any(list(ComplaintState), _("any"))
    filters = [
        ListFilter("text", _("Words"), asked["text"]),
        ListFilter("defect", _("About"), asked["defect"], defects),
        ListFilter("state", _("State"), asked["state"], states),
        ListFilter(
            "after",
            _("After its improvement"),
            asked["after"],
            with_any([("heard", _("still heard"))], _("any")),
        ),
    ]
    return listed(
        "improvements/complaints/complaints.html",
        Listing("complaints", filters, page),
        lines=rows,
        remains=remains,
    )


@bp.route("/complaints/new", methods=["GET", "POST"])
@requires("read")
def complaint_new() -> AnyResponse:
    """Write down a complaint with the first who said it."""
    form = ComplaintForm(data={"said_on": parts().now().date(), "severity": 2})
    return posted(
        form,
        lambda act: actions.register(
            act,
            form.title.data,
            _said(form),
            defect=form.defect.data,
            severity=form.severity.data,
        ),
        lambda made: url_for("improvements.complaint", complaint_id=made.id),
        _("The complaint is written down."),
    ) or answer("improvements/complaints/complaint_new.html", "form", form=form)


@bp.get("/complaints/<int:complaint_id>")
@requires("read")
def complaint(complaint_id: int) -> Response:
    """Show a complaint: who said it, what is done about it."""
    return _show(complaint_id)


@bp.route("/complaints/<int:complaint_id>/edit", methods=["GET", "POST"])
@requires("read")
def complaint_edit(complaint_id: int) -> AnyResponse:
    """Correct what a complaint is called, what it is about and how bad it is."""
    with parts().database.read() as session:
        line = complaint_line(session, complaint_id)
    form = ComplaintChangeForm(obj=line)
    if saved := posted(
        form,
        lambda act: actions.change_complaint(
            act,
            complaint_id,
            form.values(),
        ),
        _page(complaint_id),
        _("The complaint is corrected."),
    ):
        return saved
    title, hint = (
        _("Correct the complaint"),
        _("What people said, in their words, stays as it is."),
    )
    context: dict[str, Any] = {"one": line, "title": title, "hint": hint}
    return answer(
        "improvements/plain_form.html",
        "form",
        form=form,
        back=_page(complaint_id),
        **context,
    )


@bp.post("/complaints/<int:complaint_id>/hear")
@requires("read")
def complaint_hear(complaint_id: int) -> AnyResponse:
    """Note that somebody said the same."""
    form = VoiceForm()
    return posted(
        form,
        lambda act: actions.hear(
            act,
            complaint_id,
            _said(form),
        ),
        _page(complaint_id),
        _("It is noted that they said so too."),
    ) or _show(complaint_id, form=form)


@bp.post("/complaints/<int:complaint_id>/answer")
@requires("improve")
def complaint_answer(complaint_id: int) -> AnyResponse:
    """Answer a complaint."""
    form = AnswerForm()
    if form.validate_on_submit():
        with acting() as act:
            actions.answer(
                act,
                complaint_id,
                form.answer.data,
            )
        return done(_page(complaint_id), _("The complaint is answered."))
    return _show(complaint_id, reply=form)


@bp.post("/complaints/<int:complaint_id>/improve")
@requires("read")
def complaint_improve(complaint_id: int) -> AnyResponse:
    """Raise an improvement from a complaint."""
    with acting() as act:
        made = actions.improve(act, complaint_id)
    sentence = _("Raised; the words of the complaint went along.")
    return done(page_of(made.id), sentence)


@bp.post("/complaints/<int:complaint_id>/join")
@requires("improve")
def complaint_join(complaint_id: int) -> AnyResponse:
    """Say that an improvement works on a complaint."""
    form = JoinForm()
    return posted(
        form,
        lambda act: actions.join(act, complaint_id, form.improvement_id.data),
        _page(complaint_id),
        _("That improvement works on it now."),
    ) or _show(complaint_id, join=form)


def _show(
    complaint_id: int,
    *,
    form: VoiceForm | None = None,
    reply: AnswerForm | None = None,
    join: JoinForm | None = None,
) -> Response:
    with parts().database.read() as session:
        line = complaint_line(session, complaint_id)
    form = form or VoiceForm(formdata=None, data={"said_on": parts().now().date()})
    reply = reply or AnswerForm(formdata=None, data={"answer": line.answer})
    kept = {"improvement_id": line.improvement_id}
    join = join or JoinForm(formdata=None, data=kept)
    status = 422 if reply.errors or join.errors else 200
    return answer(
        "improvements/complaints/complaint.html",
        "body",
        status=status,
        line=line,
        form=form,
        reply=reply,
        join=join,
    )


def _said(form: VoiceForm) -> ComplaintSaid:
    on = form.said_on.data or parts().now().date()
    return ComplaintSaid(form.who.data, on, form.text.data or "", form.site_id.data)


def _page(complaint_id: int) -> str:
    return url_for("improvements.complaint", complaint_id=complaint_id)
