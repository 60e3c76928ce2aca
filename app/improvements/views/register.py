"""The register as a list, and raising an improvement."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, requires
from app.htmx import answer, done
from app.improvements.actions.register import raise_improvement
from app.improvements.forms.register import RaiseForm
from app.improvements.models import Kind, State
from app.improvements.queries.pages_people import owners
from app.improvements.queries.register import SORTS, Line, RegisterFilter, count_improvements, improvement_lines
from app.improvements.views.blueprint import bp
from app.parts import parts
from app.web import asked_page, asked_sort, blaming, csv_answer

MOST = 100_000
COLUMNS = (
    "Number", "Title", "State", "Kind", "Source", "Size", "Owner", "Sponsor", "Service", "Objective", "Value",
    "Urgency", "Risk", "Effort", "Rank", "Required by", "Next step", "Next step who", "Next step due", "Measure",
    "Unit", "Target", "Latest value", "Iterations", "Votes", "Raised on", "Raised by", "Since", "Part of",
)  # fmt: skip


@bp.get("/improvements/list")
@requires("read")
def register() -> Response:
    """List the improvements: searched, narrowed, sorted."""
    wanted, sort, page, today = asked_filter(), asked_sort(SORTS, "rank"), asked_page(), parts().now().date()
    with parts().database.read() as session:
        page = page.of(count_improvements(session, wanted))
        lines = improvement_lines(session, wanted, sort, today, page.offset, page.size)
        names, everything = owners(session), count_improvements(session, RegisterFilter())
    return answer(
        "improvements/register.html", "list", lines=lines, wanted=wanted, sort=sort, page=page, owners=names,
        states=list(State), kinds=list(Kind), everything=everything,
    )  # fmt: skip


@bp.get("/improvements/list.csv")
@requires("read")
def register_csv() -> Response:
    """Return the list as a spreadsheet, with the columns of an improvement register."""
    with parts().database.read() as session:
        lines = improvement_lines(
            session, asked_filter(), asked_sort(SORTS, "rank"), parts().now().date(), limit=MOST
        )  # fmt: skip
    return csv_answer("improvements.csv", COLUMNS, (_row(line) for line in lines))


@bp.route("/improvements/new", methods=["GET", "POST"])
@requires("read")
def improvement_new() -> AnyResponse:
    """Raise an improvement; one sentence is enough."""
    form = RaiseForm()
    if form.validate_on_submit():
        with blaming(form):
            with parts().database.write() as session:
                made = raise_improvement(session, form.title.data, by=current_operator_name(), now=parts().now())
            sentence = _("Raised. Complete it when you like; nobody waits for it.")
            return done(url_for("improvements.improvement", improvement_id=made.id), sentence)
    return answer("improvements/new.html", "form", form=form)


def asked_filter() -> RegisterFilter:
    """Return what the address narrows the register to."""

    def text(name: str) -> str:
        return request.args.get(name, "").strip()[:200]

    return RegisterFilter(q=text("q"), state=text("state"), kind=text("kind"), owner=text("owner"))


def _row(line: Line) -> tuple[object, ...]:
    rank, measured = line.estimate.score, line.metric
    return (
        line.id, line.title, line.state, line.kind, line.source, line.size, line.owner, line.sponsor, line.service,
        line.objective, line.estimate.value, line.estimate.urgency, line.estimate.risk, line.estimate.size,
        None if rank is None else round(float(rank), 2), line.required_by, line.next_what, line.next_who,
        line.next_due, measured.name if measured else "", measured.unit if measured else "",
        measured.target if measured else None, measured.value if measured else None, line.iterations, line.votes,
        line.created_at.date(), line.created_by, line.since.date(), line.parent_id,
    )  # fmt: skip
