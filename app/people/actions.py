"""Sites and teams: list them, add them, change them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import Enum
from typing import Any, TypeVar
from zoneinfo import available_timezones

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import Change, one
from app.core.errors import Invalid, NotFound, Refused
from app.core.said import said
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
    return list(
        session.scalars(chosen if retired else chosen.where(Site.retired_at.is_(None)))
    )


def all_teams(session: Session, *, retired: bool = False) -> list[Team]:
    """Return the teams by name; those no longer in use only when asked for."""
    chosen = select(Team).order_by(func.lower(Team.name))
    return list(
        session.scalars(chosen if retired else chosen.where(Team.retired_at.is_(None)))
    )


def add_site(act: Acting, draft: SiteDraft) -> Site:
    """Add a site. Raises ``Invalid`` naming the field that cannot be used."""
    values = _checked_site(asdict(draft))
    _check_name(act.session, Site, values["name"])
    site = Site(created_at=act.now, **values)
    act.session.add(site)
    act.session.flush()
    _tell(act, "site.add", site, {}, values)
    return site


def change_site(act: Acting, site_id: int, draft: SiteDraft) -> Site:
    """Change a site. Raises ``Invalid`` naming the field, or ``NotFound``."""
    site = one(act.session, Site, site_id)
    values = _checked_site(asdict(draft))
    if values["name"].lower() != site.name.lower():
        _check_name(act.session, Site, values["name"])
    return _weighed(act, site, values)


def set_weights(act: Acting, text: str) -> int:
    """Set the business weights of many sites from pasted lines; returns how many changed.

    All or nothing.

    Raises ``Invalid`` with every line that cannot be used.
    """
    found = weights_from(text)
    sites = {site.name.lower(): site for site in all_sites(act.session)}
    unknown = [
        f"There is no site {quoted(name)}."
        for name in found.by_site
        if name.lower() not in sites
    ]
    wrong = (*found.wrong, *unknown)
    if wrong or not found.by_site:
        raise Invalid(
            _of_many(wrong) or "Write a line for at least one site.",
            field="text",
            details=wrong,
        )
    changed = 0
    for name, weight in found.by_site.items():
        site = sites[name.lower()]
        if site.weight != weight:
            _weighed(act, site, {"weight": weight})
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


def set_members(act: Acting, team_id: int, operator_ids: Collection[int]) -> None:
    """Say which operators work in a team.

    Raises ``NotFound``, and ``Invalid`` for an operator who is not there.
    """
    team = one(act.session, Team, team_id)
    names = dict(
        act.session.execute(
            select(Operator.id, Operator.name).where(Operator.id.in_(operator_ids))
        ).all()
    )
    if len(names) != len(set(operator_ids)):
        raise Invalid(said("Choose operators who are there."), field="members")
    before = dict(members_of(act.session).get(team_id, ()))
    if before == names:
        return
    act.session.execute(
        delete(TeamMember).where(
            TeamMember.team_id == team_id, TeamMember.operator_id.not_in(names)
        )
    )
    act.session.add_all(
        TeamMember(team_id=team_id, operator_id=added, since=act.now)
        for added in names.keys() - before.keys()
    )
    _tell(
        act,
        "team.change",
        team,
        {"members": sorted(before.values())},
        {"members": sorted(names.values())},
    )


def add_team(act: Acting, draft: TeamDraft) -> Team:
    """Add a team. Raises ``Invalid`` naming the field that cannot be used."""
    values = _checked_team(act.session, asdict(draft))
    _check_name(act.session, Team, values["name"])
    team = Team(created_at=act.now, **values)
    act.session.add(team)
    act.session.flush()
    _tell(act, "team.add", team, {}, values)
    return team


def change_team(act: Acting, team_id: int, draft: TeamDraft) -> Team:
    """Change a team. Raises ``Invalid`` naming the field, or ``NotFound``."""
    team = one(act.session, Team, team_id)
    values = _checked_team(act.session, asdict(draft))
    if values["name"].lower() != team.name.lower():
        _check_name(act.session, Team, values["name"])
    return _changed(act, team, values, "team.change")


def retire(act: Acting, place: Site | Team) -> None:
    """Take a site or a team out of use; what refers to it keeps it."""
    if place.retired_at is None:
        place.retired_at = act.now
        _tell(
            act,
            f"{place.__tablename__}.retire",
            place,
            {"retired_at": None},
            {"retired_at": act.now},
        )


def _weighed(act: Acting, site: Site, values: Mapping[str, Any]) -> Site:
    moved = _tell_of_weight(act, site, values["weight"])
    also = {"open incidents with the new weight": moved} if moved else {}
    return _changed(act, site, values, "site.change", also)


def _tell_of_weight(act: Acting, site: Site, weight: int) -> int:
    """Tell those who order by the weight of a site; returns how many of their rows follow."""
    if site.weight == weight:
        return 0
    return sum(tell(site_weighed, act, site_id=site.id, weight=weight))


def _checked_site(values: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: value.strip() if isinstance(value, str) else value
        for name, value in values.items()
    }
    if not LIGHTEST <= found["weight"] <= HEAVIEST:
        raise Invalid(
            said(
                "The business weight goes from %(lightest)s to %(heaviest)s.",
                lightest=LIGHTEST,
                heaviest=HEAVIEST,
            ),
            field="weight",
        )
    if found["timezone"] not in available_timezones():
        raise Invalid(
            said("Choose a time zone such as Europe/Berlin."), field="timezone"
        )
    return found


def _checked_team(session: Session, values: dict[str, Any]) -> dict[str, Any]:
    if values["site_id"] is not None and session.get(Site, values["site_id"]) is None:
        raise Invalid(said("Choose a site that is there."), field="site_id")
    return values | {"name": values["name"].strip()}


def _check_name(session: Session, kind: type[Site] | type[Team], name: str) -> None:
    if not name:
        raise Invalid(said("Give a name."), field="name")
    if (
        session.scalar(select(kind.id).where(func.lower(kind.name) == name.lower()))
        is not None
    ):
        if kind is Site:
            taken = said("There is a site %(name)s already.", name=name)
        else:
            taken = said("There is a team %(name)s already.", name=name)
        raise Invalid(taken, field="name")


def _changed(
    act: Acting,
    place: Place,
    values: Mapping[str, Any],
    action: str,
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
        _tell(act, action, place, before, {**after, **(also or {})})
    return place


def _tell(
    act: Acting,
    action: str,
    place: Site | Team,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> None:
    kind, verb = action.split(".")
    sentence = f"{VERBS[verb]} the {kind} {place.name}"
    Change(before=_plain(before), after=_plain(after)).record(
        act, f"{kind}:{place.id}", action, sentence
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


def add_number(act: Acting, person_id: int, text: str, label: str = "") -> PhoneNumber:
    """Note one more number of a person.

    Raises ``Invalid`` for what is no number or is known of them already.
    """
    person = one(act.session, Person, person_id)
    number = number_of(text)
    if number is None:
        raise Invalid(
            said("Type a phone number, such as +41 31 555 01 12, or an extension."),
            field="number",
        )
    known = select(PhoneNumber.id).where(
        PhoneNumber.person_id == person_id, PhoneNumber.digits == number.digits
    )
    if act.session.scalar(known) is not None:
        raise Invalid(
            said("%(name)s has this number already.", name=person.name), field="number"
        )
    row = PhoneNumber(
        person_id=person_id,
        digits=number.digits,
        tail=number.tail,
        label=label.strip(),
        source=NumberSource.TYPED,
        added_at=act.now,
        added_by=act.by,
    )
    act.session.add(row)
    act.session.flush()
    sentence = f"{person.name} is reached at {number.digits} too"
    Change(after={"number": text.strip()}).record(
        act, f"person:{person_id}", "person.number", sentence
    )
    return row


def remove_number(act: Acting, person_id: int, number_id: int) -> PhoneNumber:
    """Forget a number that was typed in, and return what it was.

    Raises ``Refused`` for one of the directory, ``NotFound``.
    """
    row = act.session.get(PhoneNumber, number_id)
    if row is None or row.person_id != person_id:
        raise NotFound(said("There is no such number."))
    if row.source is NumberSource.DIRECTORY:
        raise Refused(said("This number stands in the directory; change it there."))
    act.session.delete(row)
    before = {"number": row.digits}
    sentence = f"Forgot the number {row.digits}"
    Change(before=before).record(
        act, f"person:{person_id}", "person.number-removed", sentence
    )
    return row
