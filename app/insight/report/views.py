"""The overview of access with the first report, and the sets of people with the same rights."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.access.roles.queries import roles_by_rights
from app.auth import requires
from app.core.htmx import answer
from app.core.parts import parts
from app.core.said import nsaid
from app.core.web import asked_page, csv_answer
from app.core.web.words import ago
from app.directory.queries import chosen_directory
from app.insight.report import queries
from app.insight.report.queries import InsightReport
from app.insight.report.rules import chart_sentence

bp = Blueprint("insight", __name__)


@bp.get("/access")
@requires("read")
def report() -> Response:
    """Say how things stand and with whom to begin."""
    with parts().database.read() as session:
        line, known = chosen_directory(session, _asked_directory())
        found = queries.report_of(session, line) if line else None
    if line is None or found is None:
        return answer("insight/report/empty.html", "body", line=line)
    where = _Where(line.id if len(known) > 1 else None)
    return answer(
        "insight/report/report.html",
        "body",
        report=found,
        line=line,
        known=[one for one in known if one.last],
        where=where,
        tiles=_tiles(found, where),
        sentence=_sentence(found),
        alike=chart_sentence(found.bars),
        names=queries.right_names,
    )


@bp.get("/access/proposed")
@requires("plan")
def proposed() -> AnyResponse:
    """Lead to the form of the role that is proposed to begin with."""
    with parts().database.read() as session:
        line, known = chosen_directory(session, _asked_directory())
        first = queries.first_of(session, line) if line else ""
    if line is None or not first:
        return redirect(url_for("insight.report"))
    return redirect(_Where(line.id if len(known) > 1 else None).new_role(first))


@bp.get("/report/twins")
@requires("read")
def twins_before() -> AnyResponse:
    """Lead on from where the sets were listed before."""
    return redirect(url_for("insight.twins", directory=request.args.get("directory")))


@bp.get("/report/twins/export")
@requires("read")
def twins_export_before() -> AnyResponse:
    """Lead on from where the file was before."""
    return redirect(
        url_for("insight.twins_export", directory=request.args.get("directory"))
    )


@bp.get("/access/twins")
@requires("read")
def twins() -> Response:
    """List the sets of people with exactly the same rights, the largest first."""
    page = asked_page(20)
    with parts().database.read() as session:
        line, known = chosen_directory(session, _asked_directory())
        graph, sets = queries.twins_of(session, line.id if line else 0)
        roles = roles_by_rights(session, line.id if line else 0)
    page = page.of(len(sets))
    where = _Where(line.id if line and len(known) > 1 else None)
    shown = sets[page.offset : page.offset + page.size]
    return answer(
        "insight/report/twins.html",
        "list",
        sets=shown,
        graph=graph,
        roles=roles,
        page=page,
        where=where,
        names=queries.right_names,
    )


@bp.get("/access/twins/export")
@requires("read")
def twins_export() -> Response:
    """Return the same sets as CSV, one row a person."""
    with parts().database.read() as session:
        line, _known = chosen_directory(session, _asked_directory())
        graph, sets = queries.twins_of(session, line.id if line else 0)
    rows = (
        (
            number,
            len(one.people),
            graph.people[who].uid,
            graph.people[who].name,
            "; ".join(rights),
        )
        for number, one in enumerate(sets, 1)
        for rights in [queries.right_names(graph, one.rights)]
        for who in one.people
    )
    return csv_answer(
        "same-rights.csv", ("set", "people", "uid", "name", "rights"), rows
    )


class _Where:
    """Addresses of the pages behind the numbers; with several directories they are narrowed to
    one.
    """

    def __init__(self, directory_id: int | None) -> None:
        self._directory = directory_id

    def line(self, key: str, person_id: int | None = None) -> str:
        """Return where the number of a report's line can be seen; nothing for nobody."""
        if key == "most":
            return (
                url_for("access.person", person_id=person_id)
                if person_id is not None
                else ""
            )
        endpoint, narrowed = PAGES[key]
        return url_for(endpoint, directory=self._directory, **narrowed)

    def new_role(self, uid: str = "") -> str:
        """Return where a role is made, from a person's rights if one is given."""
        return url_for(
            "access.role_new", from_person=uid or None, directory=self._directory
        )


PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "people": ("people.index", {}),
    "groups": ("directory.rights", {}),
    "grants": ("directory.rights", {"sort": "-people"}),
    "twins": ("insight.twins", {}),
    "ownerless": ("directory.rights", {"owner": "none"}),
    "disabled": ("people.index", {"state": "disabled"}),
    "vanished": ("directory.rights", {"kind": "leftovers"}),
    "unused": ("directory.rights", {"kind": "nobody"}),
    "first": ("insight.twins", {}),
}
TILES = ("grants", "twins", "ownerless", "disabled")


def _asked_directory() -> int:
    return request.args.get("directory", 0, type=int)


def _sentence(report: InsightReport) -> str:
    """Return how things stand, in one sentence."""
    numbers, when = report.numbers, ago(report.read_at)
    return nsaid(
        "%(number)s person holds %(rights)s directly in %(name)s, read %(when)s.",
        "%(number)s people hold %(rights)s directly in %(name)s, read %(when)s.",
        numbers.people,
        rights=nsaid("%(number)s right", "%(number)s rights", numbers.grants),
        name=report.directory,
        when=when,
    )


def _tiles(report: InsightReport, where: _Where) -> list[dict[str, Any]]:
    """Return the four most telling numbers."""
    by_key = {line.key: line for line in report.lines}
    return [
        {
            "value": f"{line.value:,}",
            "of": line.of,
            "label": line.label,
            "note": line.note,
            "href": where.line(line.key),
        }
        for line in (by_key[key] for key in TILES)
    ]
