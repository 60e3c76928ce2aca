"""How people are found from everywhere, and the pages and deeds of their room."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.core.finding import (
    Deed,
    Finder,
    Hit,
    Hits,
    Place,
    Question,
    among,
    named_hits,
)
from app.core.names import MOST_ASKED, named, plain_words
from app.models.people import Person, PhoneNumber, Site, Team
from app.people.rules.logins import login_in
from app.people.rules.numbers import TAIL, number_of

CHOSEN = re.compile(r".+ \(([^()]+)\)")
NAMES = (
    Person.name,
    Person.uid,
    Person.mail,
    Person.principal,
    Person.domain_login,
)
COLUMNS = (Person.id, *NAMES, Person.site, Person.department, Person.further_uids)


def find_people(session: Session, asked: Question) -> Hits:
    """Find who is there by name, login, mail address, ``user@domain``, ``DOMAIN\\\\login`` or
    telephone number.
    """
    return named_hits(
        session,
        asked,
        COLUMNS,
        lambda row: _hit(row, asked),
        where=(Person.gone_at.is_(None),),
        also=_for_another_reason(asked.text),
        names=len(NAMES),
    )


def find_names(session: Session, asked: Question) -> Hits:
    """Find people of whom a field keeps the name alone, as it keeps one that nobody knows."""
    found = find_people(session, asked)
    named = (replace(hit, key=hit.name, fill=hit.name) for hit in found.shown)
    return Hits(tuple(named), found.total)


def find_sites(session: Session, asked: Question) -> Hits:
    """Find sites by name; one that is retired only by its number."""
    return _places(session, asked, Site)


def find_teams(session: Session, asked: Question) -> Hits:
    """Find teams by name; one that is retired only by its number."""
    return _places(session, asked, Team)


def find_departments(session: Session, asked: Question) -> Hits:
    """Find the departments that people are in."""
    return _said_of_people(session, asked, Person.department)


def find_workplaces(session: Session, asked: Question) -> Hits:
    """Find the sites that the directory says people are at."""
    return _said_of_people(session, asked, Person.site)


def _said_of_people(
    session: Session, asked: Question, column: InstrumentedAttribute[str]
) -> Hits:
    there = select(column).where(Person.gone_at.is_(None), column != "").distinct()
    names = session.scalars(there.order_by(column))
    hits = (Hit(0, name, exact=asked.is_name(name), key=name) for name in names)
    return among(asked, hits)


def _places(session: Session, asked: Question, kind: type[Site] | type[Team]) -> Hits:
    return named_hits(
        session,
        asked,
        (kind.id, kind.name),
        lambda row: Hit(row.id, row.name, exact=asked.is_name(row.name)),
        where=() if asked.row else (kind.retired_at.is_(None),),
    )


def _hit(row: Any, asked: Question) -> Hit:
    second = (row.uid, row.department, row.site, row.mail)
    told = " · ".join(filter(None, second))
    exact = row.near == 0 or _is_called(row, asked)
    return Hit(row.id, row.name, told, exact, row.uid, f"{row.name} ({row.uid})")


def _is_called(row: Any, asked: Question) -> bool:
    """Tell whether that is somebody's name; a domain of which the directory tells nothing fits."""
    names = (row.name, row.uid, row.mail, row.principal, row.domain_login)
    if asked.is_name(*filter(None, names), *row.further_uids):
        return True
    login = Question(login_in(asked.text))
    known = row.domain_login if "\\" in asked.text else row.mail or row.principal
    return not known and login.is_name(row.uid, *row.further_uids)


def login_chosen(text: str) -> str:
    """Return the login in ``Name (login)``, as a field holds who was chosen."""
    chosen = CHOSEN.fullmatch(text)
    return chosen[1] if chosen else text


def _for_another_reason(text: str) -> Select[*tuple[Any, ...]] | None:
    number = _by_number(text)
    return _by_login(text) if number is None else number


def _by_login(text: str) -> Select[*tuple[Any, ...]] | None:
    """Ask for whose login stands in what was typed, where the directory knows no domain."""
    login = plain_words(login_in(text))
    return (
        named("person", login[:MOST_ASKED])
        if login and login_in(text) != text
        else None
    )


def _by_number(text: str) -> Select[*tuple[Any, ...]] | None:
    number = number_of(text)
    if number is None or not any(map(str.isdigit, text)):
        return None
    ends = sorted({form[-TAIL:] for form in number.forms})
    columns = (PhoneNumber.person_id.label("row_id"), literal(0).label("near"))
    return select(*columns).where(PhoneNumber.tail.in_(ends))


FINDERS = (
    Finder(
        "people",
        _("People"),
        "users",
        "access.person",
        "person_id",
        "people.index",
        find_people,
        key_in=login_chosen,
        picks=("incidents.new", "auth.operator_new", "directory.right_change"),
    ),
)
PICKERS = (
    Finder(
        "names",
        _("People"),
        "users",
        "access.person",
        "person_id",
        "people.index",
        find_names,
        picks=("incidents.new", "improvements.complaint_new"),
    ),
    Finder(
        "departments",
        _("Departments"),
        "users",
        "people.index",
        "person_id",
        "people.index",
        find_departments,
    ),
    Finder(
        "workplaces",
        _("Sites"),
        "map-pin",
        "people.index",
        "person_id",
        "people.index",
        find_workplaces,
    ),
    Finder(
        "sites",
        _("Sites"),
        "map-pin",
        "people.site_new",
        "site_id",
        "people.places",
        find_sites,
        picks=("incidents.new", "improvements.complaint_new"),
    ),
    Finder(
        "teams",
        _("Teams"),
        "users",
        "people.team_new",
        "team_id",
        "people.places",
        find_teams,
        picks=("incidents.new", "catalog.service_edit"),
    ),
)
PLACES = (
    Place("people.index", _("People"), _("persons users accounts")),
    Place("people.places", _("Sites and teams"), _("locations groups")),
)
DEEDS = (
    Deed("people.site_new", _("New site"), "map-pin", _("add location"), new=7),
    Deed("people.team_new", _("New team"), "users", _("add group"), new=8),
    Deed("people.site_weights", _("Weigh the sites"), "map-pin", _("business weight")),
)
