"""Sites and teams: list them, add them, change them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, TypeVar
from zoneinfo import available_timezones

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import Invalid, NotFound, Refused
from app.core.signals import tell
from app.core.texts import quoted
from app.models.auth import Operator
from app.models.people import (
    DeskType,
    NumberSource,
    Person,
    PhoneNumber,
    Serves,
    Site,
    Team,
    TeamKind,
    TeamMember,
)
from app.people.rules.numbers import number_of
from app.people.rules.weights import HEAVIEST, LIGHTEST, weights_from
from app.people.signals import site_weighed

SHOWN = 20
"""How many lines of a table that cannot be used a sentence names."""

VERBS = {"add": "Added", "change": "Changed", "retire": "Retired"}
Place = TypeVar("Place", Site, Team)


@dataclass(frozen=True, slots=True)
class SiteDraft:
    """What a person typed about a site; ``weight`` is its business weight from 1 to 10."""

    name: str
    address: str = ""
    weight: int = 1
    timezone: str = "UTC"
    language: str = ""


@dataclass(frozen=True, slots=True)
class TeamDraft:
    """What a person typed about a team; ``desk`` and ``serves`` say what kind of service desk it
    is, if it is one.
    """

    name: str
    kind: TeamKind = TeamKind.INTERNAL
    site_id: int | None = None
    desk: DeskType = DeskType.NONE
    serves: Serves = Serves.INTERNAL


def all_sites(session: Session, *, retired: bool = False) -> list[Site]:
    """Return the sites by name; those no longer in use only when asked for."""
    chosen = select(Site).order_by(func.lower(Site.name))
    return list(session.scalars(chosen if retired else chosen.where(Site.retired_at.is_(None))))


def all_teams(session: Session, *, retired: bool = False) -> list[Team]:
    """Return the teams by name; those no longer in use only when asked for."""
    chosen = select(Team).order_by(func.lower(Team.name))
    return list(session.scalars(chosen if retired else chosen.where(Team.retired_at.is_(None))))


def add_site(session: Session, draft: SiteDraft, *, by: str, now: datetime) -> Site:
    """Add a site. Raises ``Invalid`` naming the field that cannot be used."""
    values = _checked_site(asdict(draft))
    _check_name(session, Site, values["name"])
    site = Site(created_at=now, **values)
    session.add(site)
    session.flush()
    _tell(session, by, "site.add", site, {}, values, now)
    return site


def change_site(
    session: Session, site_id: int, draft: SiteDraft, *, by: str, now: datetime
) -> Site:
    """Change a site. Raises ``Invalid`` naming the field, or ``NotFound``."""
    site = session.get(Site, site_id)
    if site is None:
        raise NotFound("There is no such site.")
    values = _checked_site(asdict(draft))
    if values["name"].lower() != site.name.lower():
        _check_name(session, Site, values["name"])
    return _weighed(session, site, values, by, now)


def set_weights(session: Session, text: str, *, by: str, now: datetime) -> int:
    """Set the business weights of many sites from pasted lines; returns how many changed.

    All or nothing.

    Raises ``Invalid`` with every line that cannot be used.
    """
    found = weights_from(text)
    sites = {site.name.lower(): site for site in all_sites(session)}
    unknown = [
        f"There is no site {quoted(name)}." for name in found.by_site if name.lower() not in sites
    ]
    wrong = (*found.wrong, *unknown)
    if wrong or not found.by_site:
        raise Invalid(
            _of_many(wrong) or "Write a line for at least one site.", field="text", details=wrong
        )
    changed = 0
    for name, weight in found.by_site.items():
        site = sites[name.lower()]
        if site.weight != weight:
            _weighed(session, site, {"weight": weight}, by, now)
            changed += 1
    return changed


def _of_many(sentences: Sequence[str]) -> str:
    more = (
        f" {len(sentences) - SHOWN:,} more lines cannot be used either."
        if len(sentences) > SHOWN
        else ""
    )
    return " ".join(sentences[:SHOWN]) + more


def members_of(session: Session) -> dict[int, list[tuple[int, str]]]:
    """Return who works in each team: number and name of operators who can sign in, by the number of
    the team.
    """
    rows = session.execute(
        select(TeamMember.team_id, Operator.id, Operator.name)
        .join(Operator, Operator.id == TeamMember.operator_id)
        .where(Operator.disabled_at.is_(None))
        .order_by(func.lower(Operator.name))
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for team_id, operator_id, name in rows:
        found.setdefault(team_id, []).append((operator_id, name))
    return found


def set_members(
    session: Session, team_id: int, operator_ids: Collection[int], *, by: str, now: datetime
) -> None:
    """Say which operators work in a team.

    Raises ``NotFound``, and ``Invalid`` for an operator who is not there.
    """
    team = session.get(Team, team_id)
    if team is None:
        raise NotFound("There is no such team.")
    names = dict(
        session.execute(
            select(Operator.id, Operator.name).where(Operator.id.in_(operator_ids))
        ).all()
    )
    if len(names) != len(set(operator_ids)):
        raise Invalid("Choose operators who are there.", field="members")
    before = dict(members_of(session).get(team_id, ()))
    if before == names:
        return
    session.execute(
        delete(TeamMember).where(
            TeamMember.team_id == team_id, TeamMember.operator_id.not_in(names)
        )
    )
    session.add_all(
        TeamMember(team_id=team_id, operator_id=added, since=now)
        for added in names.keys() - before.keys()
    )
    _tell(
        session,
        by,
        "team.change",
        team,
        {"members": sorted(before.values())},
        {"members": sorted(names.values())},
        now,
    )


def add_team(session: Session, draft: TeamDraft, *, by: str, now: datetime) -> Team:
    """Add a team. Raises ``Invalid`` naming the field that cannot be used."""
    values = _checked_team(session, asdict(draft))
    _check_name(session, Team, values["name"])
    team = Team(created_at=now, **values)
    session.add(team)
    session.flush()
    _tell(session, by, "team.add", team, {}, values, now)
    return team


def change_team(
    session: Session, team_id: int, draft: TeamDraft, *, by: str, now: datetime
) -> Team:
    """Change a team. Raises ``Invalid`` naming the field, or ``NotFound``."""
    team = session.get(Team, team_id)
    if team is None:
        raise NotFound("There is no such team.")
    values = _checked_team(session, asdict(draft))
    if values["name"].lower() != team.name.lower():
        _check_name(session, Team, values["name"])
    return _changed(session, team, values, by, "team.change", now)


def retire(session: Session, place: Site | Team, *, by: str, now: datetime) -> None:
    """Take a site or a team out of use; what refers to it keeps it."""
    if place.retired_at is None:
        place.retired_at = now
        _tell(
            session,
            by,
            f"{place.__tablename__}.retire",
            place,
            {"retired_at": None},
            {"retired_at": now},
            now,
        )


def _weighed(
    session: Session, site: Site, values: Mapping[str, Any], by: str, now: datetime
) -> Site:
    moved = _tell_of_weight(session, site, values["weight"], by, now)
    also = {"open incidents with the new weight": moved} if moved else {}
    return _changed(session, site, values, by, "site.change", now, also)


def _tell_of_weight(session: Session, site: Site, weight: int, by: str, now: datetime) -> int:
    """Tell those who order by the weight of a site; returns how many of their rows follow."""
    if site.weight == weight:
        return 0
    return sum(tell(site_weighed, session, site_id=site.id, weight=weight, by=by, now=now))


def _checked_site(values: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: value.strip() if isinstance(value, str) else value for name, value in values.items()
    }
    if not LIGHTEST <= found["weight"] <= HEAVIEST:
        raise Invalid(f"The business weight goes from {LIGHTEST} to {HEAVIEST}.", field="weight")
    if found["timezone"] not in available_timezones():
        raise Invalid("Choose a time zone such as Europe/Berlin.", field="timezone")
    return found


def _checked_team(session: Session, values: dict[str, Any]) -> dict[str, Any]:
    if values["site_id"] is not None and session.get(Site, values["site_id"]) is None:
        raise Invalid("Choose a site that is there.", field="site_id")
    return values | {"name": values["name"].strip()}


def _check_name(session: Session, kind: type[Site] | type[Team], name: str) -> None:
    if not name:
        raise Invalid("Give a name.", field="name")
    if session.scalar(select(kind.id).where(func.lower(kind.name) == name.lower())) is not None:
        raise Invalid(f"There is a {kind.__tablename__} {name} already.", field="name")


def _changed(
    session: Session,
    place: Place,
    values: Mapping[str, Any],
    by: str,
    action: str,
    now: datetime,
    also: Mapping[str, Any] | None = None,
) -> Place:
    before = {
        name: getattr(place, name)
        for name, value in values.items()
        if getattr(place, name) != value
    }
    for name in before:
        setattr(place, name, values[name])
    if before:
        after = {name: values[name] for name in before}
        _tell(session, by, action, place, before, {**after, **(also or {})}, now)
    return place


def _tell(
    session: Session,
    by: str,
    action: str,
    place: Site | Team,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    now: datetime,
) -> None:
    kind, verb = action.split(".")
    sentence = f"{VERBS[verb]} the {kind} {place.name}"
    audit.record(
        session,
        by,
        action,
        f"{kind}:{place.id}",
        sentence,
        before=_plain(before),
        after=_plain(after),
        at=now,
    )


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value.value
        if isinstance(value, Enum)
        else value.isoformat()
        if isinstance(value, date)
        else value
        for name, value in values.items()
    }


def add_number(
    session: Session, person_id: int, text: str, label: str = "", *, by: str, now: datetime
) -> PhoneNumber:
    """Note one more number of a person.

    Raises ``Invalid`` for what is no number or is known of them already.
    """
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("There is no such person.")
    number = number_of(text)
    if number is None:
        raise Invalid(
            "Type a phone number, such as +41 31 555 01 12, or an extension.", field="number"
        )
    known = select(PhoneNumber.id).where(
        PhoneNumber.person_id == person_id, PhoneNumber.digits == number.digits
    )
    if session.scalar(known) is not None:
        raise Invalid(f"{person.name} has this number already.", field="number")
    row = PhoneNumber(
        person_id=person_id,
        digits=number.digits,
        tail=number.tail,
        label=label.strip(),
        source=NumberSource.TYPED,
        added_at=now,
        added_by=by,
    )
    session.add(row)
    session.flush()
    sentence = f"{person.name} is reached at {number.digits} too"
    audit.record(
        session,
        by,
        "person.number",
        f"person:{person_id}",
        sentence,
        after={"number": text.strip()},
        at=now,
    )
    return row


def remove_number(
    session: Session, person_id: int, number_id: int, *, by: str, now: datetime
) -> None:
    """Forget a number that was typed in.

    Raises ``Refused`` for one of the directory, ``NotFound``.
    """
    row = session.get(PhoneNumber, number_id)
    if row is None or row.person_id != person_id:
        raise NotFound("There is no such number.")
    if row.source is NumberSource.DIRECTORY:
        raise Refused("This number stands in the directory; change it there.")
    session.delete(row)
    before = {"number": row.digits}
    sentence = f"Forgot the number {row.digits}"
    audit.record(
        session, by, "person.number-removed", f"person:{person_id}", sentence, before=before, at=now
    )
