"""The pages of adoption: who has it and uses it, of all improvements and roles, and of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from app.auth import requires
from app.core import charts
from app.core.htmx import answer
from app.core.parts import parts
from app.core.web import csv_answer
from app.core.web.lists import ListFilter, Listing, listed, remembered, with_any
from app.core.web.paging import page_of_rows
from app.improvements.spread.pictures import burn_up_chart
from app.sponsors.adoption.queries import (
    AdoptionPage,
    adoption_lines,
    improvement_adoption,
    role_adoption,
)
from app.sponsors.adoption.rules import AdoptionCount
from app.sponsors.blueprint import bp

HEADER = (
    *("What", "For", "Asked", "Ready", "Had it", "Has it", "Went back"),
    *("Used in 28 days", "Use not known", "Says it works", "Works not known"),
    *("Days to confirm", "Written to", "Did something after", "Kept apart"),
)


@bp.get("/adoption")
@requires("read")
@remembered
def adoption() -> Response:
    """List who really has each improvement and role, and who uses it."""
    asked, kind = (
        request.args.get(
            "q",
            "",
        ).strip(),
        request.args.get(
            "kind",
            "",
        ),
    )
    with parts().database.read() as session:
        lines = adoption_lines(
            session,
            parts().now().date(),
        )
    wanted = [
        line
        for line in lines
        if asked.casefold() in line.count.name.casefold() and kind in ("", line.kind)
    ]
    page, rows = page_of_rows(wanted)
    kinds = [("improvement", _("improvements")), ("role", _("roles"))]
    filters = [
        ListFilter(
            "q",
            _("Called"),
            asked,
        ),
        ListFilter(
            "kind",
            _("What"),
            kind,
            with_any(
                kinds,
                _("both"),
            ),
        ),
    ]
    return listed(
        "sponsors/adoption/adoption.html",
        Listing(
            "adoption",
            filters,
            page,
        ),
        lines=rows,
    )


@bp.get("/adoption.csv")
@requires("read")
def adoption_csv() -> Response:
    """Return the adoption of everything as CSV."""
    with parts().database.read() as session:
        lines = adoption_lines(
            session,
            parts().now().date(),
        )
    return csv_answer(
        "adoption.csv",
        HEADER,
        _flat(line.count for line in lines),
    )


@bp.get("/improvements/<int:improvement_id>/adoption")
@requires("read")
def adoption_improvement(improvement_id: int) -> Response:
    """Show who of an improvement's people has it, uses it, and went back."""
    return _show(_of_improvement(improvement_id))


@bp.get("/improvements/<int:improvement_id>/adoption.csv")
@requires("read")
def adoption_improvement_csv(improvement_id: int) -> Response:
    """Return the adoption of an improvement with its parts as CSV."""
    return _csv(_of_improvement(improvement_id))


@bp.get("/roles/<int:role_id>/adoption")
@requires("read")
def adoption_role(role_id: int) -> Response:
    """Show who of a role's people has it, uses it, and went back."""
    return _show(_of_role(role_id))


@bp.get("/roles/<int:role_id>/adoption.csv")
@requires("read")
def adoption_role_csv(role_id: int) -> Response:
    """Return the adoption of a role with its parts as CSV."""
    return _csv(_of_role(role_id))


def _of_improvement(improvement_id: int) -> AdoptionPage:
    today = parts().now().date()
    with parts().database.read() as session:
        return improvement_adoption(
            session,
            improvement_id,
            today,
            _rest(),
        )


def _of_role(role_id: int) -> AdoptionPage:
    today = parts().now().date()
    with parts().database.read() as session:
        return role_adoption(
            session,
            role_id,
            today,
            _rest(),
        )


def _rest() -> str:
    return str(_("smaller parts together"))


def _show(page: AdoptionPage) -> Response:
    kind, number = page.line.kind, page.line.id
    csv = (
        url_for(
            "sponsors.adoption_role_csv",
            role_id=number,
        )
        if kind == "role"
        else url_for(
            "sponsors.adoption_improvement_csv",
            improvement_id=number,
        )
    )
    return answer(
        "sponsors/adoption/adoption_of.html",
        "body",
        page=page,
        burn=_picture(
            page,
            csv,
        ),
        csv=csv,
    )


def _picture(page: AdoptionPage, csv: str) -> Markup | None:
    burn = page.burn
    if not burn.weeks:
        return None
    title = _("People who have it")
    return charts.figure(
        burn_up_chart(
            title,
            burn.weeks,
            burn.forecast,
            burn.fan,
        ),
        csv,
    )


def _csv(page: AdoptionPage) -> Response:
    counts = (page.line.count, *page.sites, *page.departments)
    return csv_answer(
        f"{page.line.kind}-{page.line.id}.csv",
        HEADER,
        _flat(counts),
    )


def _flat(counts: Iterable[AdoptionCount]) -> Iterator[tuple[Any, ...]]:
    for one in counts:
        yield (
            *(one.name, one.eligible or None, one.asked, one.ready, one.had),
            *(one.has, one.back, one.used.part, one.used.unknown),
            *(one.works.part, one.works.unknown, one.waited),
            *(one.mailed, one.followed, one.kept_apart),
        )
