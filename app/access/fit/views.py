"""How a role fits people, on the page and as CSV."""

from __future__ import annotations

from flask import Response, request
from flask_babel import gettext as _

from app.access.blueprint import bp
from app.access.fit.queries import FitPage, FitRow, FitWanted, fit_page
from app.auth import requires
from app.core.parts import parts
from app.core.web import asked_page, csv_answer
from app.core.web.lists import ListFilter, Listing, listed, remembered, with_any

PEOPLE_SHOWN = 25
"""So many people stand on one page; with forty rights that are a thousand marks."""


@bp.get("/roles/<int:role_id>/fit")
@requires("read")
@remembered
def role_fit(role_id: int) -> Response:
    """Show people against the rights of a role, zero change first."""
    wanted, page = _asked(), asked_page(PEOPLE_SHOWN)
    with parts().database.read() as session:
        fit = fit_page(session, role_id, wanted)
    page = page.of(len(fit.rows))
    return listed(
        "access/fit/role_fit.html",
        Listing("fit", _filters(fit, wanted), page),
        fit=fit,
        rows=fit.rows[page.offset : page.offset + page.size],
        heads=[(column.name, "", "mark") for column in fit.columns],
    )


def _filters(fit: FitPage, wanted: FitWanted) -> list[ListFilter]:
    """Return what narrows the fit; the words find anybody, also who holds none of it."""
    any_one, nothing = _("all"), [("1", _("nothing at all"))]
    found = [ListFilter("text", _("Name or account, anybody"), wanted.text)]
    for name, label, known, pick in (
        ("department", _("Department"), fit.departments, "departments"),
        ("site", _("Site"), fit.sites, "workplaces"),
    ):
        if known:
            options, value = with_any(known, any_one), getattr(wanted, name)
            found.append(ListFilter(name, label, value, options, pick=pick))
    changes = with_any(nothing, _("anything"))
    zero = "1" if wanted.zero else ""
    return [*found, ListFilter("zero", _("What changes"), zero, changes)]


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
    def asked(name: str) -> str:
        return request.args.get(name, "").strip()[:200]

    zero = bool(request.args.get("zero"))
    return FitWanted(asked("department"), asked("site"), zero, asked("text"))


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
