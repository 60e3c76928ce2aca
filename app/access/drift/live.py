"""Look live at people of a wave right before they are confirmed: nothing is confirmed on an old
reading (design 5.16).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.access.document import PlannedPerson
from app.access.drift.actions import BY, Verified, note
from app.access.drift.owed import promised_in, scenery_of
from app.access.drift.rules import (
    DriftFound,
    OwedToPerson,
    RoleSeen,
    Scenery,
    person_differences,
    role_differences,
)
from app.access.drift.world import ReadWorld
from app.access.engine.sight import Glance, Sight, sight_of
from app.access.queries import plan_for, plan_of
from app.core.errors import Away
from app.core.parts import Parts
from app.directory.actions import connection_of
from app.models.access.drift import Drift
from app.models.access.role import Role
from app.models.access.wave import Switch, Wave
from app.models.access.words import DriftKind, SwitchState
from app.models.directory import Directory
from ldap_sync.port import DirectoryError, ReadDirectory
from ldap_sync.values import Connection


@dataclass(frozen=True, slots=True)
class LiveAsked:
    """Whom to look at, what they are owed, and what stood around them when last read."""

    directory_id: int
    owed: Mapping[int, OwedToPerson]
    planned: Mapping[int, PlannedPerson]
    scenery: Scenery
    connection: Connection

    @property
    def roles(self) -> set[int]:
        """Return the roles in which these people stand."""
        mine = (owed.promises for owed in self.owed.values())
        return {promise.role_id for promises in mine for promise in promises}


def verify_live(
    parts: Parts,
    wave_id: int,
    person_id: int | None = None,
    states: Collection[SwitchState] = (SwitchState.SOAKING,),
) -> Verified:
    """Look live at one person of a wave, or at all who are in these states, and note what is other
    than promised. Nobody to look at: the directory is not asked.

    Raises ``Away`` when the directory cannot be asked: then nothing is known.
    """
    with parts.database.read() as session:
        asked = _asked(
            session,
            parts,
            wave_id,
            _people(
                session,
                wave_id,
                person_id,
                states,
            ),
        )
    if asked is None:
        return Verified()
    try:
        with closing(parts.open_reader(asked.connection)) as reader:
            seen = _seen(
                reader,
                asked,
            )
            found = list(
                _differences(
                    seen,
                    asked,
                )
            )
    except DirectoryError as error:
        raise Away(str(error)) from error
    with parts.acting(BY) as act:
        return note(
            act,
            asked.directory_id,
            found,
            lambda row: _was_looked_at(
                row,
                asked,
                seen,
            ),
        )


def _people(
    session: Session,
    wave_id: int,
    person_id: int | None,
    states: Collection[SwitchState],
) -> list[Switch]:
    mine = select(Switch).where(
        Switch.wave_id == wave_id,
        Switch.state.in_(states),
    )
    if person_id is not None:
        mine = mine.where(Switch.person_id == person_id)
    return list(session.scalars(mine.options(joinedload(Switch.person))))


def _asked(
    session: Session, parts: Parts, wave_id: int, switches: list[Switch]
) -> LiveAsked | None:
    if not switches:
        return None
    loaded = joinedload(Wave.role).joinedload(Role.directory)
    wave = session.scalars(select(Wave).where(Wave.id == wave_id).options(loaded)).one()
    directory: Directory = wave.role.directory
    people = {one.person_id: one.person.key for one in switches}
    promised = promised_in(session, directory.id, people=people)
    owed = {who: promised.owed[who] for who in people if who in promised.owed}
    keys = {who: people[who] for who in owed}
    return LiveAsked(
        directory_id=directory.id,
        owed=owed,
        planned=_planned(
            wave,
            keys,
        ),
        scenery=scenery_of(
            session,
            ReadWorld(
                session,
                directory.id,
                (),
            ),
            promised,
        ),
        connection=connection_of(
            directory,
            parts.trust,
        ),
    )


def _planned(wave: Wave, keys: Mapping[int, str]) -> dict[int, PlannedPerson]:
    if len(keys) == 1:
        return {
            who: plan_for(
                wave,
                key,
            ).part_of(key)
            for who, key in keys.items()
        }
    parts = {one.key: one for one in plan_of(wave).people}
    return {who: parts[key] for who, key in keys.items()}


@dataclass(frozen=True, slots=True)
class LiveSeen:
    """What was seen: applications' sight of each person who is there, the roles' groups, and which
    groups are gone.
    """

    sights: Mapping[int, Sight]
    roles: Mapping[int, RoleSeen]
    gone: frozenset[str]


def _seen(reader: ReadDirectory, asked: LiveAsked) -> LiveSeen:
    whole = {
        who: replace(
            asked.planned[who],
            sees=owed.all_rights,
        )
        for who, owed in asked.owed.items()
    }
    glance = Glance(
        reader,
        whole.values(),
    )
    looks = {
        who: sight_of(
            glance,
            planned,
        )[1]
        for who, planned in whole.items()
    }
    sights = {who: sight for who, sight in looks.items() if sight is not None}
    roles = {
        number: _role_live(
            reader,
            asked.scenery.roles[number],
        )
        for number in asked.roles
    }
    doubtful = {
        right.key
        for who, sight in sights.items()
        for right in asked.owed[who].all_rights
        if not sight.shows(right)
    }
    doubtful |= {key for role in roles.values() for key in role.cut}
    gone = frozenset(key for key in doubtful if reader.group(key) is None)
    return LiveSeen(
        sights,
        roles,
        gone,
    )


def _role_live(reader: ReadDirectory, role: RoleSeen) -> RoleSeen:
    if role.single:
        return role
    group = reader.group(role.key) if role.key else None
    if group is None:
        return replace(
            role,
            there=False,
            linked=frozenset(),
        )
    above = reader.parents_of(group.dn)
    linked = frozenset(each.key for each in above)
    return replace(
        role,
        there=True,
        linked=linked,
    )


def _differences(seen: LiveSeen, asked: LiveAsked) -> Iterator[DriftFound]:
    """Yield what is other now; who may stand in a role's group besides is left to readings."""
    bare = {
        number: replace(
            role,
            strangers=(),
        )
        for number, role in seen.roles.items()
    }
    scenery = replace(
        asked.scenery,
        roles=bare,
        gone=seen.gone,
    )
    yield from role_differences(scenery)
    for who, sight in seen.sights.items():
        yield from person_differences(
            asked.owed[who],
            sight,
            scenery,
        )


def _was_looked_at(row: Drift, asked: LiveAsked, seen: LiveSeen) -> bool:
    if row.kind is DriftKind.STRANGER or row.role_id not in asked.roles:
        return False
    if row.person_id is not None:
        return row.person_id in seen.sights
    role = seen.roles[row.role_id]
    key = (row.mark or "").rpartition(":")[2]
    return key == role.key or key in role.links
