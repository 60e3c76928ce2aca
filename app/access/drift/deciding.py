"""The ways out of what others changed: repair it by a plan, or accept it; to undo, the person is
taken back as always.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.access.drift.owed import promised_in
from app.access.drift.rules import OwedToPerson, sentence_of
from app.access.plan.actions import default_choices, plan
from app.access.plan.values import KeptOutside
from app.access.queries import load_role
from app.core.acting import Acting
from app.core.changes import Change
from app.core.errors import Invalid, NotFound, Refused
from app.core.said import said
from app.models.access.drift import Drift
from app.models.access.kept import AccessException
from app.models.access.role import Role
from app.models.access.wave import Wave
from app.models.access.words import DriftKind, DriftState, WaveState
from app.models.directory import Entitlement

OVER = (WaveState.UNDONE, WaveState.WITHDRAWN)
"""The states of a wave that repairs nothing any more."""


def accept(
    act: Acting, numbers: Collection[int], *, reason: str, until: date | None = None
) -> list[Drift]:
    """Accept differences as they are, with a reason; what was accepted keeps nobody from being
    confirmed. A direct right that came back is kept as an exception from then on, until a day.

    Raises ``Invalid`` without a reason or with a day in the past, ``Refused`` where one is not
    open.
    """
    if not reason.strip():
        raise Invalid(
            said("Say why it may stay as it is."),
            field="reason",
        )
    last = until or act.now.date() + timedelta(days=act.settings.exception_days)
    if last <= act.now.date():
        raise Invalid(
            said("A right can be kept until a date in the future."), field="until"
        )
    rows = open_differences(
        act,
        numbers,
    )
    for row in rows:
        row.state, row.decided_by, row.decided_at = DriftState.ACCEPTED, act.by, act.now
        row.reason = reason.strip()
        change = Change(
            after={
                "state": row.state.value,
                "until": last.isoformat(),
            }
        )
        if row.kind is DriftKind.CAME_BACK:
            _keep(
                act,
                row,
                last,
            )
        sentence = said(
            "Accepted: %(what)s",
            what=sentence_of(row),
        )
        change.record(
            act,
            f"drift:{row.id}",
            "drift.accept",
            sentence,
            reason=reason,
        )
    return rows


def _keep(act: Acting, row: Drift, until: date) -> None:
    if row.entitlement_id is None:
        return
    act.session.add(
        AccessException(
            switch_id=row.switch_id,
            person_id=row.person_id,
            entitlement_id=row.entitlement_id,
            owner=act.by,
            reason=row.reason,
            until=until,
        )
    )


def open_differences(act: Acting, numbers: Collection[int]) -> list[Drift]:
    """Return differences that wait for a decision.

    Raises ``NotFound``, ``Invalid`` where none is chosen, ``Refused`` where one is not open.
    """
    rows = list(
        act.session.scalars(
            select(Drift)
            .where(Drift.id.in_(numbers))
            .order_by(Drift.id)
            .options(
                joinedload(Drift.repair),
                joinedload(Drift.role),
            )
        )
    )
    missing = set(numbers) - {row.id for row in rows}
    if missing:
        raise NotFound(
            said(
                "There is no difference %(number)s.",
                number=min(missing),
            )
        )
    if not rows:
        raise Invalid(
            said("Choose at least one difference."),
            field="drift",
        )
    over = next(
        (row for row in rows if row.state is not DriftState.OPEN),
        None,
    )
    if over is not None:
        raise Refused(
            said(
                "Difference %(number)s is %(state)s, not open any more.",
                number=over.id,
                state=over.state.value,
            )
        )
    return rows


@dataclass(slots=True)
class _Repairs:
    """What a plan has to bring about: for whom, which rights may come, go, and come back outside
    the role.
    """

    people: set[int] = field(default_factory=set)
    gains: set[tuple[int, int]] = field(default_factory=set)
    losses: dict[tuple[int | None, int], str] = field(default_factory=dict)
    restored: set[tuple[int, int]] = field(default_factory=set)


def repair(act: Acting, numbers: Collection[int]) -> list[Wave]:
    """Plan the repair of differences, a wave a role: what was promised comes back, what was taken
    off goes again. The plans are approved and applied as any other, and can be undone.

    Raises ``Refused`` where one is repaired already, or cannot be repaired by a plan.
    """
    by_role: dict[int, list[Drift]] = defaultdict(list)
    for row in open_differences(
        act,
        numbers,
    ):
        demand_repairable(row)
        _demand_in_use(row)
        by_role[row.role_id].append(row)
    return [
        _repaired(
            act,
            role_id,
            rows,
        )
        for role_id, rows in by_role.items()
    ]


def demand_repairable(row: Drift) -> None:
    """Raise ``Refused`` where no plan repairs a difference, with what can be done instead."""
    if row.kind is DriftKind.GROUP_GONE:
        raise Refused(
            said(
                "The group %(right)s is gone, which no plan brings back: make it again in the "
                "directory, change the role, or accept it.",
                right=row.right,
            )
        )
    if row.repair is not None and row.repair.state not in OVER:
        raise Refused(
            said(
                "Wave %(number)s of %(role)s repairs it already.",
                number=row.repair.number,
                role=row.role.name,
            )
        )


def _demand_in_use(row: Drift) -> None:
    if row.role.retired_at:
        raise Refused(
            said(
                "The role %(name)s is retired, and nobody is put into it again: take the person "
                "out of its group, or accept the difference.",
                name=row.role.name,
            )
        )


def _repaired(act: Acting, role_id: int, rows: list[Drift]) -> Wave:
    role = load_role(
        act.session,
        role_id,
    )
    wanted = _wanted(
        act,
        role,
        rows,
    )
    choices = default_choices(
        act.settings,
        role.name,
        act.by,
        act.now.date(),
        kept=KeptOutside(
            "",
            "",
            "",
        ),
        gains=frozenset(wanted.gains),
        losses=wanted.losses,
        restored=frozenset(wanted.restored),
        repairs=True,
    )
    wave = plan(
        act,
        role_id,
        sorted(wanted.people),
        choices,
    )
    for row in rows:
        repaired_by(act, row, wave)
    return wave


def repaired_by(act: Acting, row: Drift, wave: Wave) -> None:
    """Note which wave is to repair a difference. Raises ``Refused`` where another one does it."""
    demand_repairable(row)
    row.repair_id = wave.id
    sentence = said(
        "Planned wave %(number)s, which repairs: %(what)s",
        number=wave.number,
        what=sentence_of(row),
    )
    Change(after={"wave": wave.id}).record(
        act, f"drift:{row.id}", "drift.repair", sentence
    )


def _wanted(act: Acting, role: Role, rows: Iterable[Drift]) -> _Repairs:
    promised = promised_in(
        act.session,
        role.directory_id,
    )
    numbers = _rights(
        act,
        role.directory_id,
    )
    mine = {item.entitlement_id for item in role.versions[-1].rights}
    found = _Repairs()
    for row in rows:
        if row.kind is DriftKind.LINK_CUT:
            found.people |= {
                one.person_id for one in promised.moved if one.role_id == role.id
            }
        elif row.person_id is None:
            raise Refused(
                said(
                    "%(who)s is no person; take it out by hand.",
                    who=row.who,
                )
            )
        else:
            found.people.add(row.person_id)
        _loses(
            found,
            row,
            mine,
        )
    for person in found.people & promised.owed.keys():
        _gets_back(
            found,
            promised.owed[person],
            numbers,
            mine,
        )
    given_up = _given_up(act)
    found.restored -= given_up
    found.gains -= {pair for pair in given_up if pair[1] not in mine}
    return found


def _given_up(act: Acting) -> set[tuple[int, int]]:
    """Return what people lost by a decision: an accepted difference, or an exception that ended."""
    lost = select(
        Drift.person_id,
        Drift.entitlement_id,
    ).where(
        Drift.kind == DriftKind.LOST,
        Drift.state == DriftState.ACCEPTED,
    )
    over = select(
        AccessException.person_id,
        AccessException.entitlement_id,
    ).where(AccessException.ended_at.is_not(None))
    pairs = [
        *act.session.execute(lost),
        *act.session.execute(over),
    ]
    return {(person, right) for person, right in pairs if person and right}


def _loses(found: _Repairs, row: Drift, mine: Collection[int]) -> None:
    """Let a direct right that came back go again; where the role gives it, that goes without
    saying.
    """
    right = row.entitlement_id
    if row.kind is DriftKind.CAME_BACK and right is not None and right not in mine:
        found.losses[row.person_id, right] = str(
            said("It came back by another hand; its loss was accepted before.")
        )


def _gets_back(
    found: _Repairs,
    owed: OwedToPerson,
    numbers: Mapping[str, int],
    mine: Collection[int],
) -> None:
    """Let somebody have again whatever was promised; rights outside the role as a member."""
    for key in owed.sees.keys() & numbers.keys():
        right = numbers[key]
        found.gains.add((owed.person_id, right))
    lost = {key for key, (right, _) in owed.sees.items() if key in numbers}
    found.restored |= {
        (owed.person_id, numbers[key])
        for key in lost
        if numbers[key] not in mine
        and _was_direct(
            owed,
            key,
        )
    }


def _was_direct(owed: OwedToPerson, key: str) -> bool:
    """Tell whether a right was kept as a member when the person was moved."""
    return any(key in promise.kept for promise in owed.promises)


def _rights(act: Acting, directory_id: int) -> dict[str, int]:
    here = Entitlement.directory_id == directory_id, Entitlement.gone_at.is_(None)
    rows = select(
        Entitlement.key,
        Entitlement.id,
    ).where(*here)
    return dict(act.session.execute(rows).all())
