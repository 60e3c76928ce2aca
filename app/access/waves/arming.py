"""Before the first write of a wave: may the write account write every entry of the plan?

The way back is never asked: it must stay open.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.access.engine.errand import Errand
from app.core import audit
from app.core.errors import Refused
from app.core.parts import Parts
from app.core.said import said
from app.models.access.wave import Switch, Wave
from app.models.access.words import HELD, SwitchState, WaveState
from ldap_sync.port import WriteDirectory
from ldap_sync.values import Doubt

BY = "Rung"
NAMED = 5
UNDER_WAY = (*HELD, SwitchState.UNDOING)
UNTOUCHED = (SwitchState.PLANNED, SwitchState.APPROVED)


class MayNotWrite(Refused):
    """The write account lacks rights that the plan needs; nothing was written."""


def why_not_begun(
    parts: Parts, writer: WriteDirectory, errand: Errand
) -> MayNotWrite | None:
    """Put a wave back where it was if the write account may not write an entry of its plan, and
    return why.

    What cannot be known is noted, and the wave goes on. Nothing is asked
    once people are between two places: they are better brought on than left there.
    """
    with parts.database.read() as session:
        if set(_people(session, errand.wave_id)).intersection(UNDER_WAY):
            return None
    found = writer.doubts([step.change for step in errand.plan.steps])
    if not found:
        return None
    sure = [doubt for doubt in found if doubt.certain]
    with parts.database.write() as session:
        if sure:
            _put_back(session, errand, sure, parts.now())
        else:
            _note(session, errand, found, parts.now())
    return MayNotWrite(_told(sure), details=_each(sure)) if sure else None


def _people(session: Session, wave_id: int) -> Sequence[SwitchState]:
    return session.scalars(select(Switch.state).where(Switch.wave_id == wave_id)).all()


def _told(sure: Sequence[Doubt]) -> str:
    names = [doubt.dn for doubt in sure[:NAMED]]
    more = ["…"] if len(sure) > NAMED else []
    return said(
        "Nothing was changed: the write account may not write %(groups)s. "
        "Ask for that right, then apply again.",
        groups="; ".join([*names, *more]),
    )


def _each(doubts: Sequence[Doubt]) -> tuple[str, ...]:
    return tuple(f"{doubt.dn}: {doubt.why}" for doubt in doubts)


def _put_back(
    session: Session, errand: Errand, sure: Sequence[Doubt], now: datetime
) -> None:
    """Let the wave stand where it stood before it was applied, and say why."""
    people = _people(session, errand.wave_id)
    back: dict[str, object] = {"state": WaveState.STOPPED}
    if all(state in UNTOUCHED for state in people):
        back = {"state": WaveState.APPROVED, "applied_by": "", "started_at": None}
    session.execute(
        update(Wave)
        .where(Wave.id == errand.wave_id, Wave.state == WaveState.APPLYING)
        .values(message=_told(sure), **back)
    )
    audit.record(
        session,
        BY,
        "wave.refuse",
        errand.subject,
        f"Did not begin {errand.wave}: the write account may not write all of it",
        after={"entries": list(_each(sure))},
        at=now,
    )


def _note(
    session: Session, errand: Errand, found: Sequence[Doubt], now: datetime
) -> None:
    audit.record(
        session,
        BY,
        "wave.unsure",
        errand.subject,
        f"Begins {errand.wave} without knowing whether all of it may be written",
        after={"entries": list(_each(found))},
        at=now,
    )
