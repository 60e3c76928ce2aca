"""How people are found from everywhere, and the pages and deeds of their room."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, literal, select
from sqlalchemy.orm import Session

from app.core.finding import Deed, Finder, Hit, Hits, Place, Question, named_hits
from app.models.people import Person, PhoneNumber, Site, Team
from app.people.rules.numbers import TAIL, number_of

CHOSEN = re.compile(r".+ \(([^()]+)\)")
NAMES = (Person.name, Person.uid, Person.mail)
COLUMNS = (Person.id, *NAMES, Person.site, Person.department, Person.further_uids)


def find_people(session: Session, asked: Question) -> Hits:
    """Find who is there by name, login, mail address, ``DOMAIN\\\\login`` or telephone number."""
    wanted = Question(login_in(asked.text), asked.row)
    return named_hits(
        session,
        wanted,
        COLUMNS,
        lambda row: _hit(row, asked, wanted),
        where=(Person.gone_at.is_(None),),
        also=_by_number(asked.text),
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


def _places(session: Session, asked: Question, kind: type[Site] | type[Team]) -> Hits:
    return named_hits(
        session,
        asked,
        (kind.id, kind.name),
        lambda row: Hit(row.id, row.name, exact=asked.is_name(row.name)),
        where=() if asked.row else (kind.retired_at.is_(None),),
    )


def login_in(text: str) -> str:
    """Return the login in ``DOMAIN\\\\login`` and in ``login@domain``; else the text as it is."""
    return text.rsplit("\\", 1)[-1].split("@", 1)[0]


def _hit(row: Any, asked: Question, wanted: Question) -> Hit:
    names = (row.name, row.uid, row.mail, *row.further_uids)
    exact = row.near == 0 or asked.is_name(*names) or wanted.is_name(*names)
    second = (row.uid, row.department, row.site, row.mail)
    told = " · ".join(filter(None, second))
    return Hit(row.id, row.name, told, exact, row.uid, f"{row.name} ({row.uid})")


def login_chosen(text: str) -> str:
    """Return the login in ``Name (login)``, as a field holds who was chosen."""
    chosen = CHOSEN.fullmatch(text)
    return chosen[1] if chosen else text


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
