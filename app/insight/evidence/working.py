"""Packs of evidence that the worker makes for somebody's browser: asked for, made, kept for a
while, deleted.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.aside import Lane, each_row
from app.core.asked import OPEN, AskedState
from app.core.asked_work import (
    AskedBeat,
    InHand,
    NotOurs,
    cancel_asked,
    due_rows,
    forget_ended,
    give_up_asked,
    take_in_hand,
)
from app.core.errors import Refused, RungError
from app.core.parts import Parts
from app.core.said import said
from app.core.settings import Settings
from app.insight.evidence.actions import TABLES, EvidencePack, demand_span, make_pack
from app.insight.evidence.queries import EvidenceSpan
from app.models.insight import AskedPack

BROKEN = "Something broke in Rung itself while the pack was made; nothing was kept."


def ask_pack(
    act: Acting, span: EvidenceSpan, *, to_now: bool, anew: bool = False
) -> AskedPack:
    """Note that the worker is to make a pack; ring after the commit.

    Who asks for the same time again gets the pack that is ready or under way, unless ``anew``.
    Raises ``Invalid`` for a time that cannot be.
    """
    demand_span(span, act.now)
    known = None if anew else _same(act, span, to_now=to_now)
    if known is not None:
        return known
    asked = AskedPack(
        state=AskedState.WAITING,
        asked_by=act.by,
        asked_at=act.now,
        since=span.since,
        until=span.until,
        to_now=to_now,
    )
    act.session.add(asked)
    act.session.flush()
    return asked


def _same(act: Acting, span: EvidenceSpan, *, to_now: bool) -> AskedPack | None:
    usable = AskedPack.state.in_((*OPEN, AskedState.MADE))
    end = AskedPack.to_now if to_now else AskedPack.until == span.until
    same = select(AskedPack).where(AskedPack.since == span.since, usable, end)
    for row in act.session.scalars(same.order_by(AskedPack.id.desc())):
        made = row.state is AskedState.MADE
        if not made or pack_file(act.settings, row.id).is_file():
            return row
    return None


def cancel_pack(act: Acting, pack_id: int) -> None:
    """Stop a pack that waits or is being made. Raises ``Refused`` when it is over."""
    if not cancel_asked(act, AskedPack, pack_id):
        raise Refused(said("This pack is over already."))


def packs_of(settings: Settings) -> Path:
    """Return the folder for packs that wait to be fetched."""
    return settings.home / "packs"


def pack_file(settings: Settings, pack_id: int) -> Path:
    """Return where the file of a pack lies."""
    return packs_of(settings) / f"{pack_id}.zip"


def run_asked_packs(parts: Parts) -> bool:
    """Make the packs that wait or whose process is gone; tell whether there was one."""
    begun: list[int] = []
    waiting = due_rows(parts, AskedPack)
    each_row(parts, PACKS, waiting, partial(_make_if_free, parts, begun))
    return bool(begun)


def forget_packs(parts: Parts) -> int:
    """Delete packs that were kept for long enough, and files no row knows; return how many."""
    gone = forget_ended(parts, AskedPack)
    with parts.database.read() as session:
        kept = {f"{number}.zip" for number in session.scalars(select(AskedPack.id))}
    for file in packs_of(parts.settings).glob("*.zip"):
        if file.name not in kept:
            file.unlink(missing_ok=True)
    return gone


def _give_up(session: Session, pack_id: int, reason: str, now: datetime) -> None:
    open_one = update(AskedPack).where(
        AskedPack.id == pack_id, AskedPack.ended_at.is_(None)
    )
    give_up_asked(session, open_one, f"{BROKEN} {reason}", now)


PACKS: Lane[int] = Lane("packs", "pack", pauses=(), give_up=_give_up)
"""A pack that breaks is given back to whoever asked, who waits for it."""


def _make_if_free(parts: Parts, begun: list[int], pack_id: int) -> None:
    with parts.database.write() as session:
        hand = take_in_hand(session, AskedPack, pack_id, parts.now())
        if hand is None:
            return
        asked = session.get_one(AskedPack, pack_id, populate_existing=True)
        span, by = EvidenceSpan(asked.since, asked.until), asked.asked_by
    begun.append(pack_id)
    with suppress(NotOurs):
        try:
            _made(parts, hand, span, by)
        except RungError as error:
            _note_ended(parts, hand, state=AskedState.REFUSED, reason=error.message)


def _made(parts: Parts, hand: InHand, span: EvidenceSpan, by: str) -> None:
    """Write a pack beside its place and put it there as a whole: half a file is never fetched."""
    packs = packs_of(parts.settings)
    packs.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="making-", dir=packs) as place:
        folder = Path(place) / f"evidence-{span.until:%Y-%m-%d}"
        told = AskedBeat(parts, hand, len(TABLES))
        pack = make_pack(parts, span, folder, by=by, tell=told)
        packed = Path(shutil.make_archive(str(folder), "zip", place, folder.name))
        _kept(parts, hand, pack, packed)


def _kept(parts: Parts, hand: InHand, pack: EvidencePack, packed: Path) -> None:
    size = packed.stat().st_size
    packed.replace(pack_file(parts.settings, hand.row_id))
    known = {"size": size, "hash": pack.hash, "adds_up": pack.adds_up}
    _note_ended(parts, hand, state=AskedState.MADE, **known)


def _note_ended(parts: Parts, hand: InHand, **values: object) -> None:
    with parts.database.write() as session:
        hand.note(session, ended_at=parts.now(), **values)
