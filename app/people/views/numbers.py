"""Phone numbers of one person: those of the directory, and those the desk typed in."""

from __future__ import annotations

from flask import Response, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting, posted
from app.core.changes import one
from app.core.htmx import Undo, answer, done
from app.core.parts import parts
from app.models.people import Person
from app.people.actions import add_number, remove_number
from app.people.forms import NumberForm
from app.people.queries.callers import numbers_of
from app.people.views.blueprint import bp


@bp.route("/people/<int:person_id>/numbers", methods=["GET", "POST"])
@requires("desk")
def numbers(person_id: int) -> AnyResponse:
    """Show a person's numbers and note one more."""
    form = NumberForm()
    return posted(
        form,
        lambda act: add_number(
            act,
            person_id,
            form.number.data,
            form.label.data or "",
        ),
        url_for("people.numbers", person_id=person_id),
        _("The number is noted."),
        lambda row: Undo(
            url_for("people.number_remove", person_id=person_id, number_id=row.id)
        ),
    ) or _show(person_id, form)


@bp.post("/people/<int:person_id>/numbers/<int:number_id>/remove")
@requires("desk")
def number_remove(person_id: int, number_id: int) -> AnyResponse:
    """Forget a number that was typed in."""
    with acting() as act:
        gone = remove_number(act, person_id, number_id)
    there = url_for("people.numbers", person_id=person_id)
    undo = Undo(there, {"number": gone.digits, "label": gone.label})
    return done(there, _("The number is forgotten."), undo=undo)


def _show(person_id: int, form: NumberForm) -> Response:
    with parts().database.read() as session:
        person, known = one(session, Person, person_id), numbers_of(session, person_id)
    return answer(
        "people/numbers.html", "body", person=person, numbers=known, form=form
    )
