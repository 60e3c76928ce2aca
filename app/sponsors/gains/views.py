"""What an improvement brings to whom, where to learn more, and letters about it."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import posted
from app.core.htmx import answer
from app.core.parts import parts
from app.models.sponsors.words import WhomFor
from app.sponsors.blueprint import bp
from app.sponsors.gains import actions
from app.sponsors.gains.forms import GainsForm, WriteForm
from app.sponsors.gains.queries import gains_page
from app.sponsors.gains.rules import WrittenForm
from app.sponsors.primers.actions import LinkDraft, add_link
from app.sponsors.primers.forms import LearningForm


@bp.get("/improvements/<int:improvement_id>/gains")
@requires("read")
def gains(improvement_id: int) -> Response:
    """Show what each audience gains from an improvement, and where to learn more."""
    return _show(improvement_id, LearningForm(formdata=None))


@bp.route("/improvements/<int:improvement_id>/gains/edit", methods=["GET", "POST"])
@requires("improve")
def gains_edit(improvement_id: int) -> AnyResponse:
    """Say what each audience gains."""
    with parts().database.read() as session:
        page = gains_page(session, improvement_id)
    there = {whom.name.lower(): text for whom, text in page.gains.items()}
    form = GainsForm(data=there)
    return posted(
        form,
        lambda act: actions.say_gains(act, improvement_id, form.gains),
        _page(improvement_id),
        _("Said. Meetings, letters and the status page use it."),
    ) or answer(
        "improvements/plain_form.html",
        "form",
        form=form,
        one=page.one,
        back=_page(improvement_id),
        title=_("What each audience gains"),
        hint=_("One or two sentences each. Left empty, nothing is said to them."),
    )


@bp.post("/improvements/<int:improvement_id>/learning")
@requires("improve")
def gains_link(improvement_id: int) -> AnyResponse:
    """Name where to learn more about an improvement."""
    form = LearningForm()
    return posted(
        form,
        lambda act: add_link(act, improvement_id, LinkDraft(**form.values())),
        _page(improvement_id),
        _("It stands there now."),
    ) or _show(improvement_id, form)


@bp.route("/improvements/<int:improvement_id>/write", methods=["GET", "POST"])
@requires("stakeholders")
def gains_write(improvement_id: int) -> AnyResponse:
    """Write to people: a letter, a mail or a note, begun from what is known."""
    asked, to = (request.args.get(name, "") for name in ("form", "whom"))
    kind = next((each for each in WrittenForm if each == asked), WrittenForm.MAIL)
    whom = next((each for each in WhomFor if each == to), None)
    with parts().database.read() as session:
        page = gains_page(session, improvement_id)
    begun = {"subject": page.one.title, "text": page.facts(whom).text(kind)}
    form = WriteForm(data=begun)
    return posted(
        form,
        lambda act: actions.write_to(
            act,
            improvement_id,
            (form.subject.data or "", form.text.data or ""),
            form.people.keys,
        ),
        _page(improvement_id),
        _("It is on its way; stakeholders among them count as written to."),
    ) or answer(
        "improvements/plain_form.html",
        "form",
        form=form,
        one=page.one,
        back=_page(improvement_id),
        title=_("Write to them"),
        send=_("Send it"),
        hint=_("For who does not speak up in a large round."),
    )


def _show(improvement_id: int, form: LearningForm) -> Response:
    with parts().database.read() as session:
        page = gains_page(session, improvement_id)
    typed = request.method == "POST"
    return answer(
        "sponsors/gains/gains.html",
        "body",
        page=page,
        form=form,
        typed=typed,
        audiences=list(WhomFor),
        forms=list(WrittenForm),
    )


def _page(improvement_id: int) -> str:
    return url_for("sponsors.gains", improvement_id=improvement_id)
