"""The register as a list, and raising an improvement."""

from __future__ import annotations

from flask import Response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web import asked_page, asked_sort, blaming, csv_answer
from app.improvements.actions.register import raise_improvement
from app.improvements.forms.register import RaiseForm
from app.improvements.queries.export import HEADER, register_rows
from app.improvements.queries.pages_people import owners
from app.improvements.queries.register import (
    SORTS,
    RegisterFilter,
    count_improvements,
    improvement_lines,
)
from app.improvements.views.blueprint import bp, page_of
from app.models.improvements.words import ImprovementKind, ImprovementState


@bp.get("/improvements/list")
@requires("read")
def register() -> Response:
    """List the improvements: searched, narrowed, sorted."""
    wanted, sort, page, today = (
        asked_filter(),
        asked_sort(SORTS, "rank"),
        asked_page(),
        parts().now().date(),
    )
    with parts().database.read() as session:
        page = page.of(count_improvements(session, wanted))
        lines = improvement_lines(session, wanted, sort, today, page.offset, page.size)
        names, everything = owners(session), count_improvements(session, RegisterFilter())
    return answer(
        "improvements/register.html",
        "list",
        lines=lines,
        wanted=wanted,
        sort=sort,
        page=page,
        owners=names,
        states=list(ImprovementState),
        kinds=list(ImprovementKind),
        everything=everything,
    )


@bp.get("/improvements/list.csv")
@requires("read")
def register_csv() -> Response:
    """Return the list as a spreadsheet, with the columns of an improvement register."""
    with parts().database.read() as session:
        rows = list(
            register_rows(session, asked_filter(), asked_sort(SORTS, "rank"), parts().now().date())
        )
    return csv_answer("improvements.csv", HEADER, rows)


@bp.route("/improvements/new", methods=["GET", "POST"])
@requires("read")
def improvement_new() -> AnyResponse:
    """Raise an improvement; one sentence is enough."""
    form = RaiseForm()
    if form.validate_on_submit():
        with blaming(form):
            with acting() as act:
                made = raise_improvement(act, form.title.data)
            sentence = _("Raised. Complete it when you like; nobody waits for it.")
            return done(page_of(made.id), sentence)
    return answer("improvements/new.html", "form", form=form)


def asked_filter() -> RegisterFilter:
    """Return what the address narrows the register to."""

    def text(name: str) -> str:
        return request.args.get(name, "").strip()[:200]

    return RegisterFilter(q=text("q"), state=text("state"), kind=text("kind"), owner=text("owner"))
