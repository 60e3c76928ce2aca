"""What the journal keeps of steps, and what roles and the read model take over once changes are in
place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import cast

from sqlalchemy import Table, bindparam, update

from app.access.engine.errand import Errand
from app.access.rules import Change
from app.core import audit
from app.core.acting import Acting
from app.directory.actions import note_changes, note_group
from app.models.access.role import Role
from app.models.access.wave import Step
from ldap_sync.merging import packets_of
from ldap_sync.values import DirectoryChange, NewGroup

STANDING = ("state", "proof", "code", "text", "token", "intent_at", "ended_at")
"""What tells how a step stands."""

_STEP = cast(Table, Step.__table__)
_ID = _STEP.c.id
_KEPT = (
    update(_STEP)
    .where(_ID.in_(bindparam("steps", expanding=True)))
    .values({name: bindparam(name) for name in STANDING})
)
_AT_ONCE = 500
_standing = attrgetter(*STANDING)


def keep(act: Acting, steps: Sequence[Step]) -> None:
    """Write down how steps stand now, those that stand alike in one statement."""
    alike = defaultdict(list)
    for step in steps:
        alike[_standing(step)].append(step.id)
    connection = act.session.connection()
    for standing, ids in alike.items():
        said = dict(zip(STANDING, standing, strict=True))
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            connection.execute(_KEPT, {**said, "steps": some})


def take_over(
    act: Acting, errand: Errand, in_place: Iterable[tuple[Change, str]]
) -> None:
    """Let roles and the read model say what is in place now.

    With each change comes the key of the group that it made, if it made one.
    """
    changes = []
    for change, key in in_place:
        if isinstance(change, NewGroup):
            _take_group(act, errand, change, key)
        else:
            changes.append(change)
    _take_changes(act, errand, changes)


def _take_group(act: Acting, errand: Errand, group: NewGroup, key: str) -> None:
    role = act.session.get_one(Role, errand.role_id)
    note_group(act.session, errand.directory_id, group, key, act.now)
    role.group_key = key
    sentence = f"The role {role.name} has its group {role.group_dn}"
    audit.record(
        act.session, act.by, "role.group", f"role:{role.id}", sentence, at=act.now
    )


def _take_changes(
    act: Acting, errand: Errand, changes: Sequence[DirectoryChange]
) -> None:
    """Note what is in place group by group, as it travelled."""
    role = act.session.get_one(Role, errand.role_id)
    together = [packet.change for packet in packets_of(changes)]
    known = [
        change if change.key else replace(change, key=role.group_key)
        for change in together
    ]
    note_changes(act.session, errand.directory_id, known, act.now)
