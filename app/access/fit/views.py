"""How a role fits people, on the page and as CSV."""

from __future__ import annotations

from flask import Response, request

from app.access.blueprint import bp
from app.access.fit.queries import FitPage, FitRow, FitWanted, fit_page
from app.auth import requires
from app.core.htmx import answer
from app.core.parts import parts
from app.core.web import asked_page, csv_answer


@bp.get("/roles/<int:role_id>/fit")
@requires("read")
def role_fit(role_id: int) -> Response:
    """Show people against the rights of a role, zero change first."""
    wanted, page = _asked(), asked_page()
    with parts().database.read() as session:
        fit = fit_page(session, role_id, wanted)
    page = page.of(len(fit.rows))
    rows = fit.rows[page.offset : page.offset + page.size]
    heads = [(column.name, "", "mark") for column in fit.columns]
    return answer(
        "access/fit/role_fit.html",
        "list",
        fit=fit,
        rows=rows,
        page=page,
        wanted=wanted,
        heads=heads,
    )


@bp.get("/roles/<int:role_id>/fit.csv")
@requires("read")
def role_fit_csv(role_id: int) -> Response:
    """Return the same people as CSV, all pages of them."""
    with parts().database.read() as session:
        fit = fit_page(session, role_id, _asked())
    header = (
        "uid",
        "name",
        "department",
        "site",
        "nothing changes",
        "covered",
        "missing",
        "extra",
        "in the role",
    )
    return csv_answer(
        f"fit-{fit.role}.csv", header, (_cells(fit, row) for row in fit.rows)
    )


def _asked() -> FitWanted:
    asked = {
        name: request.args.get(name, "").strip()[:200]
        for name in ("department", "site", "text")
    }
    return FitWanted(zero=bool(request.args.get("zero")), **asked)


def _cells(fit: FitPage, row: FitRow) -> tuple[str, ...]:
    held = {
        mark: [
            col.name
            for col, found in zip(fit.columns, row.marks, strict=True)
            if found == mark
        ]
        for mark in ("covered", "missing")
    }
    lists = (
        "; ".join(names) for names in (held["covered"], held["missing"], row.extras)
    )
    who = row.person
    return (
        who.uid,
        who.name,
        who.department,
        who.site,
        "yes" if row.zero_change else "no",
        *lists,
        row.inside,
    )
