"""Which role next: the suggestion with its arithmetic, the way ahead, and what was refused."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.access.blueprint import bp
from app.access.suggest.actions import refuse, suggest_again
from app.access.suggest.forms import RefuseForm
from app.access.suggest.ground import SuggestFrom, standing
from app.access.suggest.pictures import curve_picture
from app.access.suggest.queries import SuggestedRole, outlook, refused_lines
from app.access.suggest.working import ask_for_sets
from app.access.suggest.worth import Aim
from app.auth import requires
from app.auth.acting import acting, posted
from app.core.acting import Acting
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web import csv_answer
from app.directory.queries import DirectoryLine, chosen_directory

SHOWN = 25
"""So many people of a suggestion stand in its matrix; the file has all."""


@bp.get("/suggestions")
@requires("read")
def suggestions() -> Response:
    """Show the best next role of a directory, why, and what is left after it."""
    return _page(RefuseForm(formdata=None))


@bp.get("/suggestions/export")
@requires("read")
def suggestions_export() -> Response:
    """Return the people and rights of the next suggestion as CSV, a row a person."""
    with parts().database.read() as session:
        home, _known = _home(session)
        state = standing(session, home)
    best = outlook(state, _aim()).best
    heads = [right.name for right in best.rights] if best else []
    return csv_answer(
        "suggestion.csv",
        ("uid", "name", "department", *heads),
        _matrix(state, best) if best else (),
    )


@bp.post("/suggestions/refuse")
@requires("plan")
def suggestion_refuse() -> AnyResponse:
    """Note that a set of rights is not to be suggested again."""
    form = RefuseForm()
    rights = request.form.getlist("right", type=int)

    def no(act: Acting) -> None:
        refuse(act, _asked(), rights, form.reason.data)

    there = url_for("access.suggestions", directory=_asked())
    told = _("Noted; this is the next one.")
    return posted(form, no, there, told) or _page(form)


@bp.post("/suggestions/refused/<int:refused_id>/again")
@requires("plan")
def suggestion_again(refused_id: int) -> AnyResponse:
    """Let a refused set be suggested again."""
    with acting() as act:
        suggest_again(act, refused_id)
    return done(url_for("access.suggestions"), _("It may be suggested again."))


@bp.post("/suggestions/work")
@requires("plan")
def suggestion_work() -> AnyResponse:
    """Ask the worker for the suggestions of a large directory."""
    with parts().database.write() as session:
        ask_for_sets(session, _asked())
    parts().ring()
    there = url_for("access.suggestions", directory=_asked())
    return done(there, _("It is being worked out."))


def _asked() -> int:
    return request.values.get("directory", 0, type=int)


def _home(session: Session) -> tuple[int, list[DirectoryLine]]:
    line, known = chosen_directory(session, _asked())
    return line.id if line else 0, known


def _aim() -> Aim:
    wanted = request.args.get("aim", "")
    return Aim(wanted) if wanted in [*Aim] else Aim.BOTH


def _page(form: RefuseForm) -> Response:
    aim = _aim()
    with parts().database.read() as session:
        home, known = _home(session)
        state = standing(session, home)
        refused = refused_lines(session, home, state)
    found = outlook(state, aim)
    return answer(
        "access/suggest/suggestions.html",
        "live",
        form=form,
        home=home,
        known=known,
        state=state,
        aim=aim,
        found=found,
        best=found.best,
        refused=refused,
        picture=curve_picture(found),
        rows=_matrix(state, found.best)[:SHOWN] if found.best else [],
    )


def _matrix(state: SuggestFrom, one: SuggestedRole) -> list[tuple[str, ...]]:
    """Return for each person of a suggestion account, name, department and what is held."""
    direct = state.holdings.graph.direct
    people = [*one.people, *(gain.person for gain in one.gains)]
    return [
        (
            person.uid,
            person.name,
            person.department,
            *("x" if right in direct[person.id] else "" for right in one.ids),
        )
        for person in people
    ]
