"""This week's values: one sheet for all metrics, saved at once; and those of days ahead."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator, requires
from app.auth.acting import acting
from app.core.htmx import answer, done
from app.core.numbers_in import MARKS
from app.core.parts import parts
from app.improvements.blueprint import bp
from app.improvements.due.actions import SheetSaved, save_sheet
from app.improvements.due.queries import DueValue, Whose, due_values
from app.improvements.due.rules import DueEntry
from app.improvements.metrics.ahead import take_out_ahead
from app.improvements.queries import get_improvement


@bp.route("/improvements/values", methods=["GET", "POST"])
@requires("improve")
def values_due() -> AnyResponse:
    """Show and save the values that are due of one's own improvements, or of everybody's."""
    return _sheet(None)


@bp.route("/improvements/<int:improvement_id>/values", methods=["GET", "POST"])
@requires("improve")
def improvement_values(improvement_id: int) -> AnyResponse:
    """Show and save the values that are due of one improvement."""
    return _sheet(improvement_id)


@bp.post("/metrics/<int:metric_id>/ahead")
@requires("improve")
def metric_ahead(metric_id: int) -> AnyResponse:
    """Take values of days that have not come yet out, with a reason."""
    reason = request.form.get("reason", "").strip()[:400]
    with acting() as act:
        count = take_out_ahead(act, metric_id, reason)
    return done(
        url_for("improvements.metric", metric_id=metric_id),
        ngettext("%(num)s value is taken out.", "%(num)s values are taken out.", count),
    )


def _sheet(improvement_id: int | None) -> AnyResponse:
    if request.method != "POST":
        return _shown(improvement_id)
    entries = _typed(_rows(improvement_id))
    with acting() as act:
        saved = save_sheet(act, entries)
    if saved.problems:
        return _shown(improvement_id, entries, saved)
    told = ngettext(
        "%(num)s value is written down.", "%(num)s values are written down.", saved.kept
    )
    return done(request.full_path.rstrip("?"), told)


def _rows(improvement_id: int | None) -> list[DueValue]:
    operator, everybody = current_operator(), request.args.get("whose") == "all"
    whose = None
    if operator is not None and not everybody and improvement_id is None:
        whose = Whose(operator.operator_id, operator.name, nobodys=True)
    with parts().database.read() as session:
        return due_values(session, parts().now().date(), whose, improvement_id)


def _typed(rows: Sequence[DueValue]) -> list[DueEntry]:
    """Return what was typed for the metrics that are still asked for; each says of which day."""
    form = request.form
    return [
        DueEntry(
            row.metric.id,
            _day(form.get(f"day-{row.metric.id}", ""), row.day),
            form.get(f"value-{row.metric.id}", "").strip()[:60],
            form.get(f"whole-{row.metric.id}", "").strip()[:60],
            f"missing-{row.metric.id}" in form,
            form.get(f"reason-{row.metric.id}", "").strip()[:400],
            MARKS.get(form.get(f"value-{row.metric.id}-decimals", "")),
        )
        for row in rows
    ]


def _day(text: str, asked: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return asked


def _shown(
    improvement_id: int | None,
    entries: Sequence[DueEntry] = (),
    saved: SheetSaved | None = None,
) -> AnyResponse:
    improvement = None
    if improvement_id is not None:
        with parts().database.read() as session:
            improvement = get_improvement(session, improvement_id)
    rows = _rows(improvement_id)
    return answer(
        "improvements/due/values.html",
        "form",
        status=422 if saved else 200,
        one=improvement,
        rows=rows,
        typed={entry.metric_id: entry for entry in entries},
        problems=saved.problems if saved else {},
        saved=saved,
        everybody=request.args.get("whose") == "all",
        sentence=_sentence(len(rows)),
        back=url_for("improvements.index"),
    )


def _sentence(count: int) -> Any:
    if not count:
        return _("No metric wants a value now.")
    return ngettext(
        "%(num)s metric wants its value. Leave empty what you do not know yet.",
        "%(num)s metrics want their value. Leave empty what you do not know yet.",
        count,
    )
