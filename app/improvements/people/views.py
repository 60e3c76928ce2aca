"""What a participant says, and that they want back."""

from __future__ import annotations

from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting, posted
from app.core.htmx import answer, done
from app.core.parts import parts
from app.improvements.blueprint import bp, iteration_page_of
from app.improvements.people import actions
from app.improvements.people.forms import PersonForm
from app.improvements.people.queries import participant


@bp.post("/participants/<int:participation_id>/ask-undo")
@requires("improve")
def participant_ask_undo(participation_id: int) -> AnyResponse:
    """Note that a person wants back; the clock of the undo starts."""
    with acting() as act:
        person = actions.ask_undo(act, participation_id)
    return done(
        iteration_page_of(person.iteration_id, "people"),
        _("%(name)s wants back; the clock runs.", name=person.name),
    )


@bp.route("/participants/<int:participation_id>", methods=["GET", "POST"])
@requires("improve")
def participant_edit(participation_id: int) -> AnyResponse:
    """Write down what moved a person, what they say, and what it saves them."""
    with parts().database.read() as session:
        person, iteration, one = participant(session, participation_id)
    form = PersonForm(obj=person)
    form.saved.description = one.saving_unit or _(
        "Say on the improvement's page in which unit."
    )
    return posted(
        form,
        lambda act: actions.describe(
            act,
            participation_id,
            form.values(),
        ),
        iteration_page_of(iteration.id, "people"),
        _("Noted about %(name)s.", name=person.name),
    ) or answer(
        "improvements/plain_form.html",
        "form",
        form=form,
        one=one,
        person=person,
        title=person.name,
        hint=_("Taking part in rung %(number)s.", number=iteration.number),
        back=iteration_page_of(iteration.id, "people"),
    )


@bp.post("/participants/<int:participation_id>/read")
@requires("improve")
def participant_read(participation_id: int) -> AnyResponse:
    """Say that a person's feedback was read."""
    with acting() as act:
        person = actions.read_feedback(act, participation_id)
    return done(
        iteration_page_of(person.iteration_id, "people"),
        _("Read what %(name)s says.", name=person.name),
    )
