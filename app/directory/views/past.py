"""A right and a person as of a day: who held what then, and how long each membership lasted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from flask import Response, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from app.auth import requires
from app.core.changes import one
from app.core.errors import Invalid, Refused
from app.core.htmx import answer
from app.core.parts import parts
from app.core.web import asked_page, csv_answer
from app.directory import queries
from app.directory.queries import HeldThen
from app.directory.rules import asked_moment, demand_record
from app.directory.views.blueprint import bp
from app.models.directory import Directory, Entitlement
from app.models.people import Person

HEADER = ("name", "account", "how", "since", "known before", "sure")


@dataclass(frozen=True, slots=True)
class PastAsked:
    """What the address asks for. ``problem`` says why it cannot be answered; then ``at`` is now."""

    on: str
    at: datetime
    known_since: datetime | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """The right or the person that is asked about: how it is called, where its pages are, what was
    held.
    """

    name: str
    file: str
    back: str
    directory_id: int
    held_at: Callable[[Session, int, datetime], list[HeldThen]]
    right_id: int = 0
    person_id: int = 0

    def held(self, session: Session, at: datetime) -> list[HeldThen]:
        """Return who held the right, or what the person held, at a moment."""
        return self.held_at(session, self.right_id or self.person_id, at)


@bp.get("/rights/<int:right_id>/past")
@requires("read")
def right_past(right_id: int) -> Response:
    """Show who held a right on a day, and how long each person has been in it."""
    with parts().database.read() as session:
        return _page(session, _right(session, right_id))


@bp.get("/people/<int:person_id>/past")
@requires("read")
def person_past(person_id: int) -> Response:
    """Show which rights a person held on a day, and how long each membership lasted."""
    with parts().database.read() as session:
        return _page(session, _person(session, person_id))


@bp.get("/rights/<int:right_id>/past.csv")
@requires("read")
def right_past_export(right_id: int) -> Response:
    """Return who held a right on a day as CSV."""
    with parts().database.read() as session:
        return _file(session, _right(session, right_id))


@bp.get("/people/<int:person_id>/past.csv")
@requires("read")
def person_past_export(person_id: int) -> Response:
    """Return which rights a person held on a day as CSV."""
    with parts().database.read() as session:
        return _file(session, _person(session, person_id))


def _right(session: Session, right_id: int) -> Subject:
    right, back = (
        one(session, Entitlement, right_id),
        url_for("directory.right", right_id=right_id),
    )
    return Subject(
        right.cn,
        right.cn,
        back,
        right.directory_id,
        queries.holders_at,
        right_id=right_id,
    )


def _person(session: Session, person_id: int) -> Subject:
    person, back = (
        one(session, Person, person_id),
        url_for("access.person", person_id=person_id),
    )
    return Subject(
        person.name,
        person.uid,
        back,
        person.directory_id,
        queries.rights_at,
        person_id=person_id,
    )


def _page(session: Session, subject: Subject) -> Response:
    asked, of = (
        _asked(session, subject.directory_id),
        {"right_id": subject.right_id, "person_id": subject.person_id},
    )
    page = asked_page().of(queries.count_spans(session, **of))
    return answer(
        "directory/past.html",
        "body",
        subject=subject,
        export=url_for(
            f"{request.endpoint}_export",
            **(request.view_args or {}),
            on=asked.on or None,
        ),
        asked=asked,
        held=[] if asked.problem else subject.held(session, asked.at),
        spans=queries.spans_page(session, **of, offset=page.offset, limit=page.size),
        page=page,
    )


def _file(session: Session, subject: Subject) -> Response:
    asked = _asked(session, subject.directory_id)
    if asked.problem:
        raise Refused(asked.problem)
    held = subject.held(session, asked.at)
    return csv_answer(
        f"{subject.file}-{asked.at:%Y-%m-%d}.csv", HEADER, map(_cells, held)
    )


def _asked(session: Session, directory_id: int) -> PastAsked:
    on, now, zone = (
        request.args.get("on", "").strip(),
        parts().now(),
        parts().settings.timezone,
    )
    known_since = one(session, Directory, directory_id).known_since
    try:
        at = asked_moment(on, zone, now) if on else now
        demand_record(at, known_since, zone)
    except (Invalid, Refused) as error:
        return PastAsked(on, now, known_since, error.message)
    return PastAsked(on, at, known_since)


def _cells(held: HeldThen) -> tuple[object, ...]:
    way = " in ".join(held.way) if held.way else str(_("directly"))
    return (
        held.name,
        held.account,
        way,
        held.since.isoformat(),
        held.known_before,
        held.sure,
    )
