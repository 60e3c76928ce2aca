"""The list of people in the browser and as CSV; what a person may do stands on the page of the
access room.
"""

from __future__ import annotations

from flask import Response, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth import requires
from app.core.parts import parts
from app.core.web import asked_page, asked_sort, csv_answer
from app.core.web.lists import ListFilter, Listing, listed, remembered, with_any
from app.people import queries
from app.people.views.blueprint import bp


@bp.get("/people")
@requires("read")
@remembered
def index() -> Response:
    """List people: searched by name, uid and mail, narrowed by department, site and state."""
    wanted, sort, page = asked_filter(), asked_sort(queries.SORTS, "name"), asked_page()
    with parts().database.read() as session:
        page = page.of(queries.count_people(session, wanted))
        people = queries.people_page(session, wanted, sort, page.offset, page.size)
        filters = _filters(session, wanted)
    listing = Listing("people", filters, page, sort)
    return listed("people/index.html", listing, people=people)


@bp.get("/people/export")
@requires("read")
def export() -> Response:
    """Return the same people as CSV, all pages of them."""
    wanted, sort = asked_filter(), asked_sort(queries.SORTS, "name")
    with parts().database.read() as session:
        people = queries.people_page(
            session, wanted, sort, 0, queries.count_people(session, wanted)
        )
    header = (
        "uid",
        "name",
        "mail",
        "title",
        "department",
        "site",
        "state",
        "direct rights",
        "directory",
    )
    cells = (
        (
            p.uid,
            p.name,
            p.mail,
            p.title,
            p.department,
            p.site,
            p.state,
            p.rights,
            p.directory,
        )
        for p in people
    )
    return csv_answer("people.csv", header, cells)


def asked_filter() -> queries.PeopleFilter:
    """Return the filter in the address; what cannot be understood is ignored."""
    asked = {
        name: request.args.get(name, "").strip()[:200]
        for name in ("q", "department", "site", "state")
    }
    if asked["state"] not in queries.STATES:
        asked["state"] = ""
    return queries.PeopleFilter(
        **asked, directory=request.args.get("directory", 0, type=int)
    )


def state_names() -> list[tuple[str, str]]:
    """Return the states people can be filtered by, with their names on screen."""
    names = (
        _("all who are there"),
        _("account on"),
        _("account off"),
        _("service accounts"),
        _("gone"),
    )
    return list(zip(queries.STATES, names, strict=True))


def _filters(session: Session, wanted: queries.PeopleFilter) -> list[ListFilter]:
    departments, sites = queries.used_values(session)
    directories = queries.directories(session)
    filters = [
        ListFilter("q", _("Name, account or mail"), wanted.q),
        ListFilter(
            "department",
            _("Department"),
            wanted.department,
            with_any(departments, _("any")),
            pick="departments",
        ),
        ListFilter(
            "site",
            _("Site"),
            wanted.site,
            with_any(sites, _("any")),
            pick="workplaces",
        ),
        ListFilter("state", _("Who"), wanted.state, state_names()),
    ]
    if len(directories) > 1:
        options = with_any(directories, _("all"))
        filters.append(
            ListFilter("directory", _("Directory"), wanted.directory, options)
        )
    return filters
