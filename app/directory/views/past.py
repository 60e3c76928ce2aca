"""A right and a person as of a day: who held what then, and how long each membership lasted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth import requires
from app.changes import one
from app.directory import queries
from app.directory.models import Directory, Entitlement
from app.directory.queries import HeldThen
from app.directory.rules import asked_moment, demand_record
from app.directory.views.blueprint import bp
from app.errors import Invalid, Refused
from app.htmx import answer
from app.parts import parts
from app.people.models import Person
from app.web import asked_page, csv_answer

HEADER = ("name", "account", "how", "since", "known before", "sure")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for. ``problem`` says why it cannot be answered; then ``at`` is now."""

    on: str
    at: datetime
    known_since: datetime | None
    problem: str = ""


@bp.get("/rights/<int:right_id>/past")
@requires("read")
def right_past(right_id: int) -> Response:
    """Show who held a right on a day, and how long each person has been in it."""
    with parts().database.read() as session:
        right = one(session, Entitlement, right_id)
        asked = _asked(session, right.directory_id)
        held = [] if asked.problem else queries.holders_at(session, right_id, asked.at)
        page = asked_page().of(queries.count_spans(session, right_id=right_id))
        spans = queries.spans_page(session, right_id=right_id, offset=page.offset, limit=page.size)
    return answer(
        "directory/past.html",
        "body",
        subject=right.cn,
        back=url_for("directory.right", right_id=right_id),
        export=url_for("directory.right_past_export", right_id=right_id, on=asked.on or None),
        of_person=False,
        asked=asked,
        held=held,
        spans=spans,
        page=page,
    )


@bp.get("/people/<int:person_id>/past")
@requires("read")
def person_past(person_id: int) -> Response:
    """Show which rights a person held on a day, and how long each membership lasted."""
    with parts().database.read() as session:
        person = one(session, Person, person_id)
        asked = _asked(session, person.directory_id)
        held = [] if asked.problem else queries.rights_at(session, person_id, asked.at)
        page = asked_page().of(queries.count_spans(session, person_id=person_id))
        spans = queries.spans_page(session, person_id=person_id, offset=page.offset, limit=page.size)
    return answer(
        "directory/past.html",
        "body",
        subject=person.name,
        back=url_for("access.person", person_id=person_id),
        export=url_for("directory.person_past_export", person_id=person_id, on=asked.on or None),
        of_person=True,
        asked=asked,
        held=held,
        spans=spans,
        page=page,
    )


@bp.get("/rights/<int:right_id>/past.csv")
@requires("read")
def right_past_export(right_id: int) -> Response:
    """Return who held a right on a day as CSV."""
    with parts().database.read() as session:
        right = one(session, Entitlement, right_id)
        asked = _answerable(_asked(session, right.directory_id))
        held = queries.holders_at(session, right_id, asked.at)
    return csv_answer(f"{right.cn}-{asked.at:%Y-%m-%d}.csv", HEADER, map(_cells, held))


@bp.get("/people/<int:person_id>/past.csv")
@requires("read")
def person_past_export(person_id: int) -> Response:
    """Return which rights a person held on a day as CSV."""
    with parts().database.read() as session:
        person = one(session, Person, person_id)
        asked = _answerable(_asked(session, person.directory_id))
        held = queries.rights_at(session, person_id, asked.at)
    return csv_answer(f"{person.uid}-{asked.at:%Y-%m-%d}.csv", HEADER, map(_cells, held))


def _asked(session: Session, directory_id: int) -> Asked:
    on, now, zone = request.args.get("on", "").strip(), parts().now(), parts().settings.timezone
    known_since = one(session, Directory, directory_id).known_since
    try:
        at = asked_moment(on, zone, now) if on else now
        demand_record(at, known_since, zone)
    except (Invalid, Refused) as error:
        return Asked(on, now, known_since, error.message)
    return Asked(on, at, known_since)


def _answerable(asked: Asked) -> Asked:
    if asked.problem:
        raise Refused(asked.problem)
    return asked


def _cells(held: HeldThen) -> tuple[object, ...]:
    way = " in ".join(held.way) if held.way else str(_("directly"))
    return held.name, held.account, way, held.since.isoformat(), held.known_before, held.sure
