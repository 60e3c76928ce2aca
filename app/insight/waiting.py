"""What of the pages about the whole waits for a person: packs of evidence that are ready."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.core.asked import AskedState
from app.core.waiting import (
    ME,
    MOST,
    Wait,
    Waiter,
    WaitingFound,
    WaitingLine,
    asked_for,
    declare_moments,
    tells,
)
from app.models.insight import AskedPack

declare_moments(
    {
        "asked_pack.asked_at": "the worker is asked, who waits for nobody",
        "asked_pack.until": "it is the time the pack is about",
    }
)


@tells(Wait.READY)
def packs_waiting(session: Session, who: Waiter) -> Iterator[WaitingFound]:
    """Find packs that the worker made, or could not make, for whoever asked."""
    if not who.may("audit"):
        return
    rows = session.execute(_packs_asked(), asked_for(who)).all()
    lines = tuple(_pack_line(*row) for row in rows)
    yield WaitingFound(lines, len(lines))


@cache
def _packs_asked() -> Select[*tuple[Any, ...]]:
    columns = AskedPack.id, AskedPack.state, AskedPack.ended_at, AskedPack.reason
    over = AskedPack.state.in_((AskedState.MADE, AskedState.REFUSED))
    mine = over, AskedPack.told_at.is_(None), AskedPack.asked_by == ME
    return select(*columns).where(*mine).order_by(AskedPack.id).limit(MOST)


def _pack_line(*row: Any) -> WaitingLine:
    number, state, ended_at, reason = row
    why = _("it is ready to be fetched")
    if state is AskedState.REFUSED:
        why = _("it could not be made: %(reason)s", reason=reason)
    return WaitingLine(
        Wait.READY,
        _("Your pack of evidence"),
        ended_at,
        f"/evidence/packs/{number}",
        f"pack:{number}:{ended_at:%Y%m%d%H%M%S}",  # numbers come again
        why=why,
    )
