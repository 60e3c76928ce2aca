"""What stands around a plan: who is off limits, what other roles explain, how much was deleted
lately.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.access.rules.document import PlanDocument
from app.access.rules.limits import Limits, exceeded, reach_of
from app.access.rules.plan_values import Terrain
from app.core.settings import Settings
from app.models.access import HOLDING, Role, RoleRight, Step, StepState, Switch, Wave
from app.models.directory import Entitlement, Membership
from ldap_sync.dn import fold_or_self


def terrain_of(session: Session, role: Role) -> Terrain:
    """Return what the directory demands of a plan for ``role``, which was loaded with its
    directory.
    """
    directory = role.directory
    untouchable = [*directory.protected, directory.bind_dn, directory.write_dn]
    return Terrain(
        transitive_memberof=directory.profile.get("memberof") == "transitive",
        protected=frozenset(fold_or_self(dn) for dn in untouchable if dn),
        placeholders=tuple(directory.placeholders),
        busy=_busy(session),
        other_roles=_other_roles(session, role),
    )


def holders_of(session: Session, directory_id: int, rights: Iterable[str]) -> dict[str, int]:
    """Count who holds each of these rights (by cn, or DN where the cn is not unique) directly, as
    last read.
    """
    wanted = set(rights)
    people = (
        select(Entitlement.cn, Entitlement.dn, func.count(Membership.person_id.distinct()))
        .join(Membership, Membership.entitlement_id == Entitlement.id)
        .where(Entitlement.directory_id == directory_id, Entitlement.gone_at.is_(None))
        .where(
            or_(Entitlement.cn.in_(wanted), Entitlement.dn.in_(wanted)),
            Membership.person_id.is_not(None),
        )
    )
    rows = session.execute(people.group_by(Entitlement.cn, Entitlement.dn))
    return {dn if dn in wanted else cn: count for cn, dn, count in rows}


def over_limits(
    session: Session,
    directory_id: int,
    plan: PlanDocument,
    settings: Settings,
    now: datetime,
) -> tuple[str, ...]:
    """Return a sentence with its arithmetic for every limit that a plan would exceed now
    (design 5.7).
    """
    limits = Limits(
        settings.max_people_per_wave, settings.max_share_of_group, settings.max_deletions_per_hour
    )
    reach = reach_of(plan)
    return exceeded(
        reach, limits, holders_of(session, directory_id, reach.losers), deleted_lately(session, now)
    )


def deleted_lately(session: Session, now: datetime) -> int:
    """Count the values the journal says were deleted in the last hour."""
    recent = select(Step.change).where(
        Step.intent_at > now - timedelta(hours=1), Step.state == StepState.DONE
    )
    return sum(len(change.get("delete", ())) for change in session.scalars(recent))


def _busy(session: Session) -> dict[int, str]:
    rows = session.execute(
        select(Switch.open_person_id, Role.name, Wave.number)
        .join(Wave, Switch.wave_id == Wave.id)
        .join(Role, Wave.role_id == Role.id)
        .where(Switch.open_person_id.is_not(None))
    )
    return {
        person: f"Has an open switch already: wave {number} of {role}."
        for person, role, number in rows
        if person is not None
    }


def _other_roles(session: Session, role: Role) -> dict[int, frozenset[int]]:
    rows = session.execute(
        select(Switch.person_id, RoleRight.entitlement_id)
        .join(Wave, Switch.wave_id == Wave.id)
        .join(RoleRight, RoleRight.version_id == Wave.version_id)
        .where(Switch.state.in_(HOLDING), Wave.role_id != role.id)
    )
    found: dict[int, set[int]] = defaultdict(set)
    for person, right in rows:
        found[person].add(right)
    return {person: frozenset(rights) for person, rights in found.items()}
