"""Participants: invite, prepare, switch, observe, accept, undo, leave out, hear what they say."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting
from app.core.errors import Conflict, NotFound, Refused
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web import blaming, choices
from app.improvements.actions import participants
from app.improvements.forms.iterations import InviteForm, PersonForm
from app.improvements.queries.pages_iteration import participant
from app.improvements.views.blueprint import bp, iteration_page_of
from app.improvements.views.iterations import show_iteration
from app.models.improvements.iteration import Participation
from app.models.improvements.words import ParticipationState
from app.people.actions import all_sites


@bp.post("/iterations/<int:iteration_id>/invite")
@requires("improve")
def iteration_invite(iteration_id: int) -> AnyResponse:
    """Invite people by name."""
    form = InviteForm()
    if form.validate_on_submit():
        names = [name.strip() for name in (form.names.data or "").splitlines() if name.strip()]
        with blaming(form):
            with acting() as act:
                made = participants.invite(
                    act,
                    iteration_id,
                    names,
                    technique=form.technique.data or "",
                )
            sentence = ngettext(
                "%(num)s person is invited.", "%(num)s people are invited.", len(made)
            )
            return done(iteration_page_of(iteration_id, "people"), sentence)
    return show_iteration(iteration_id, status=422, invite=form)


@bp.post("/participants/<int:participation_id>/move")
@requires("improve")
def participant_move(participation_id: int) -> AnyResponse:
    """Move one person on: prepared, switched, observing, accepted, undone."""
    to = next((each for each in ParticipationState if each == request.form.get("to")), None)
    if to is None:
        raise NotFound(_("There is no such step."))
    reason, seen_by = (
        request.form.get(name, "").strip()[:2000] for name in ("reason", "confirmed_by")
    )
    try:
        with acting() as act:
            person = participants.move(
                act, participation_id, to, reason=reason, confirmed_by=seen_by
            )
    except (Refused, Conflict) as error:
        return show_iteration(_iteration_of(participation_id), error)
    return done(
        iteration_page_of(person.iteration_id, "people"),
        _("%(name)s is %(state)s.", name=person.name, state=to),
    )


@bp.post("/participants/<int:participation_id>/ask-undo")
@requires("improve")
def participant_ask_undo(participation_id: int) -> AnyResponse:
    """Note that a person wants back; the clock of the undo starts."""
    with acting() as act:
        person = participants.ask_undo(act, participation_id)
    return done(
        iteration_page_of(person.iteration_id, "people"),
        _("%(name)s wants back; the clock runs.", name=person.name),
    )


@bp.post("/participants/<int:participation_id>/leave-out")
@requires("improve")
def participant_leave_out(participation_id: int) -> AnyResponse:
    """Take a person off the list before anything happened to them."""
    reason = request.form.get("reason", "").strip()[:400]
    try:
        with acting() as act:
            person = participants.leave_out(act, participation_id, reason)
    except Refused as error:
        return show_iteration(_iteration_of(participation_id), error)
    return done(
        iteration_page_of(person.iteration_id, "people"),
        _("%(name)s is left out.", name=person.name),
    )


@bp.route("/participants/<int:participation_id>", methods=["GET", "POST"])
@requires("improve")
def participant_edit(participation_id: int) -> AnyResponse:
    """Write down what moved a person, what they say, and what it saves them."""
    with parts().database.read() as session:
        person, iteration, one = participant(session, participation_id)
        sites = [("", _("not said")), *((str(site.id), site.name) for site in all_sites(session))]
    form = PersonForm(obj=person)
    form.site_id.choices = choices(sites)
    form.saved.description = one.saving_unit or _("Say on the improvement's page in which unit.")
    if form.validate_on_submit():
        with blaming(form):
            with acting() as act:
                participants.describe(
                    act,
                    participation_id,
                    form.values(),
                )
            return done(
                iteration_page_of(iteration.id, "people"),
                _("Noted about %(name)s.", name=person.name),
            )
    return answer(
        "improvements/plain_form.html",
        "form",
        form=form,
        one=one,
        title=person.name,
        hint=_("Taking part in iteration %(number)s.", number=iteration.number),
        back=iteration_page_of(iteration.id, "people"),
    )


@bp.post("/participants/<int:participation_id>/read")
@requires("improve")
def participant_read(participation_id: int) -> AnyResponse:
    """Say that a person's feedback was read."""
    with acting() as act:
        person = participants.read_feedback(act, participation_id)
    return done(
        iteration_page_of(person.iteration_id, "people"),
        _("Read what %(name)s says.", name=person.name),
    )


def _iteration_of(participation_id: int) -> int:
    with parts().database.read() as session:
        return session.get_one(Participation, participation_id).iteration_id
