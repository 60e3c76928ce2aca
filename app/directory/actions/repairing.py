"""Repair memberOf: every wrong value is worked out anew by the server, the groups stay as they are.

One Modify adds and deletes (or deletes and adds) the same value, so a person never holds less or
more for a moment, and a repair that is broken off has left nothing half done: run again, it finds
what is still wrong.
"""

from __future__ import annotations

import uuid
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core import audit
from app.core.acting import Acting
from app.core.aside import Lane, each_row
from app.core.changes import Change, one
from app.core.errors import Away, Refused
from app.core.parts import Parts
from app.core.said import nsaid, said
from app.core.settings import Settings
from app.directory.actions.lease import LeaseLost, give_back, keep_lease, take_lease
from app.directory.actions.servers import writer_to
from app.directory.queries import current_freeze
from app.models.directory import Directory, Refresh, RefreshState, Repair, RepairState
from ldap_sync.port import DirectoryError, Unavailable, WriteDirectory
from ldap_sync.values import Status, WrongMemberOf

ITSELF = "Rung"
"""Who repairs what a lost connection left behind."""

OPEN_REPAIRS = (RepairState.WAITING, RepairState.RUNNING)
SETTLED_REFRESHES = (RefreshState.DONE, RefreshState.ALREADY)


class RepairBusy(Refused):
    """Somebody else writes to this directory right now."""


def ask_repair(act: Acting, directory_id: int) -> Repair:
    """Ask for the repair of memberOf; one that is open already is gone on with.

    Raises ``Refused`` with the reason.
    """
    directory = one(act.session, Directory, directory_id)
    if not directory.writable:
        raise Refused(
            said(
                "%(name)s is connected for reading only; add a write account first.",
                name=directory.name,
            )
        )
    _demand_thaw(act.session, act.settings)
    if directory.profile.get("memberof", "none") == "none":
        raise Refused(
            said(
                "%(name)s shows no memberOf, as far as its last check saw; "
                "check it first.",
                name=directory.name,
            )
        )
    here = Repair.directory_id == directory_id, Repair.state.in_(OPEN_REPAIRS)
    there = act.session.scalars(select(Repair).where(*here)).first()
    if there is not None:
        return there
    repair = Repair(
        directory_id=directory_id,
        state=RepairState.WAITING,
        asked_by=act.by,
        asked_at=act.now,
    )
    act.session.add(repair)
    act.session.flush()
    sentence = f"Asked for a repair of memberOf in {directory.name}"
    Change().record(act, f"directory:{directory_id}", "directory.repair", sentence)
    return repair


def run_waiting_repairs(parts: Parts) -> bool:
    """Run every repair that was asked for and not finished; tell whether any came further."""
    with parts.database.read() as session:
        waiting = list(
            session.scalars(
                select(Repair.id)
                .where(Repair.state.in_(OPEN_REPAIRS))
                .order_by(Repair.id)
            )
        )
    further: list[int] = []
    each_row(parts, REPAIRS, waiting, partial(_run_or_wait, parts, further))
    return bool(further)


def _run_or_wait(parts: Parts, further: list[int], repair_id: int) -> None:
    # What waits is said on the directory's page; the next sweep tries again.
    with suppress(Away, Refused, LeaseLost):
        run_repair(parts, repair_id)
        further.append(repair_id)


def _give_up(session: Session, repair_id: int, reason: str, now: datetime) -> None:
    """Stop a repair in which something broke that nobody foresaw; nothing of it is ever left half
    done.
    """
    repair = session.get_one(Repair, repair_id)
    repair.state, repair.ended_at = RepairState.STOPPED, now
    repair.message = f"Something broke in Rung itself; repair again. {reason}"
    subject = f"directory:{repair.directory_id}"
    audit.record(
        session,
        "Rung",
        "directory.repair_stop",
        subject,
        "Stopped the repair of memberOf",
        at=now,
    )


REPAIRS: Lane[int] = Lane("repairs", "memberOf repair", give_up=_give_up)


def run_repair(parts: Parts, repair_id: int) -> Repair:
    """Compare memberOf with the groups, note every wrong value, and have each worked out anew.

    Raises ``Refused`` while somebody else writes or writing is frozen, ``Away`` when the directory
    cannot be reached.
    """
    with parts.database.write() as session:
        repair = session.get_one(Repair, repair_id)
        if repair.state not in OPEN_REPAIRS:
            return repair
        directory = one(session, Directory, repair.directory_id)
        holder, seconds = f"repair:{uuid.uuid4().hex[:8]}", parts.settings.lease_seconds
        token = take_lease(session, directory.id, holder, seconds, parts.now())
    if token is None:
        raise RepairBusy("Rung is changing this directory right now; the repair waits.")
    hand = _RepairHand(parts, repair.id, directory.id, token)
    try:
        hand.repair(directory)
    except DirectoryError as error:
        hand.wait(str(error))
        raise Away(str(error)) from error
    except Refused as error:
        hand.wait(error.message)
        raise
    finally:
        with parts.database.write() as session:
            give_back(session, directory.id, token, parts.now())
    with parts.database.read() as session:
        return session.get_one(Repair, repair_id)


def mend(
    parts: Parts,
    held: tuple[int, int],
    writer: WriteDirectory,
    wrong: tuple[WrongMemberOf, ...],
) -> None:
    """Have values of memberOf worked out anew that a broken connection left behind, while somebody
    holds the lease: ``held`` are the directory and the token.

    What is not done now waits, as a repair of everything.
    """
    directory_id, token = held
    with parts.database.write() as session:
        repair = Repair(
            directory_id=directory_id,
            state=RepairState.RUNNING,
            asked_by=ITSELF,
            asked_at=parts.now(),
        )
        session.add(repair)
        session.flush()
        sentence = "Found memberOf left behind by a lost connection"
        act = Acting(session, ITSELF, parts.now(), parts.settings)
        subject = f"directory:{directory_id}"
        Change().record(act, subject, "directory.repair", sentence)
    hand = _RepairHand(parts, repair.id, directory_id, token)
    try:
        hand.mend(writer, wrong)
    except Refused as error:
        hand.wait(error.message)


@dataclass(frozen=True, slots=True)
class _RepairHand:
    """One repair while the directory's lease is held."""

    parts: Parts
    repair_id: int
    directory_id: int
    token: int

    def mend(self, writer: WriteDirectory, wrong: tuple[WrongMemberOf, ...]) -> None:
        """Go through some values that are known to be wrong."""
        for refresh_id, one_of_them in self._planned(wrong):
            self._refresh(writer, refresh_id, one_of_them)
        self._end(whole=False)

    def repair(self, directory: Directory) -> None:
        """Write the journal anew from what is wrong now, then go through it value by value."""
        subject = f"directory:{directory.id}"
        with writer_to(self.parts, directory.id, subject, "Rung") as writer:
            with self.parts.database.write() as session:
                self._hold(session)
            for refresh_id, wrong in self._planned(writer.wrong_memberof()):
                self._refresh(writer, refresh_id, wrong)
        self._end(whole=True)

    def wait(self, message: str) -> None:
        """Note why the repair waits."""
        with self.parts.database.write() as session:
            repair = session.get_one(Repair, self.repair_id)
            if repair.message != message:
                repair.message = message
                self._say(
                    session,
                    "directory.repair_wait",
                    "The repair of memberOf waits",
                    message,
                )

    def _planned(
        self, found: tuple[WrongMemberOf, ...]
    ) -> list[tuple[int, WrongMemberOf]]:
        """Commit what is to be done before the first packet; what an earlier run did stays in the
        journal.
        """
        with self.parts.database.write(durable=True) as session:
            self._hold(session)
            repair = session.get_one(Repair, self.repair_id)
            repair.state, repair.message = RepairState.RUNNING, ""
            stale = (
                Refresh.repair_id == repair.id,
                Refresh.state.not_in(SETTLED_REFRESHES),
            )
            session.execute(delete(Refresh).where(*stale))
            rows = [_row(repair.id, wrong) for wrong in found]
            session.add_all(rows)
            session.flush()
            told = said(
                "Repairs %(values)s of memberOf",
                values=nsaid("%(number)s value", "%(number)s values", len(rows)),
            )
            self._say(session, "directory.repair_begin", told, "")
            return [(row.id, wrong) for row, wrong in zip(rows, found, strict=True)]

    def _refresh(
        self, writer: WriteDirectory, refresh_id: int, wrong: WrongMemberOf
    ) -> None:
        """Commit the intent, send one Modify, commit the outcome.

        Raises ``Unavailable`` where the answer was lost: whether it is right now has to be compared
        again.
        """
        with self.parts.database.write() as session:
            self._hold(session)
            row = session.get_one(Refresh, refresh_id)
            row.state, row.intent_at = RefreshState.INTENT, self.parts.now()
        outcome = writer.refresh_memberof(wrong)
        with self.parts.database.write() as session:
            keep_lease(
                session,
                self.directory_id,
                self.token,
                self.parts.settings.lease_seconds,
                self.parts.now(),
            )
            row = session.get_one(Refresh, refresh_id)
            row.state, row.text = RefreshState(outcome.status.value), outcome.text
            row.ended_at = self.parts.now()
        if outcome.status is Status.UNKNOWN:
            raise Unavailable(outcome.text)

    def _end(self, *, whole: bool) -> None:
        """Say how many values are right now, and which are not; ``whole``: all were looked at."""
        with self.parts.database.write() as session:
            repair = session.get_one(Repair, self.repair_id)
            rows = session.scalars(
                select(Refresh).where(Refresh.repair_id == repair.id)
            ).all()
            left = [row for row in rows if row.state not in SETTLED_REFRESHES]
            right = nsaid(
                "%(number)s value", "%(number)s values", len(rows) - len(left)
            )
            repair.state = RepairState.STOPPED if left else RepairState.DONE
            repair.ended_at = self.parts.now()
            still = (
                said(
                    "; %(values)s still wrong",
                    values=nsaid("%(number)s value", "%(number)s values", len(left)),
                )
                if left
                else ""
            )
            repair.message = (
                f"{right} of memberOf put right{still}."
                if rows
                else "No value of memberOf was wrong."
            )
            self._say(
                session, "directory.repair_end", repair.message, "", _outcomes(rows)
            )
            if whole and not left:
                self._note(session)

    def _note(self, session: Session) -> None:
        """Let the directory's page say that all is right, without another check."""
        directory = session.get_one(Directory, self.directory_id)
        kept = [
            finding
            for finding in directory.findings
            if finding["subject"] != "memberOf values"
        ]
        right = {
            "subject": "memberOf values",
            "level": "ok",
            "text": "memberOf of all people and groups says what the groups say.",
            "advice": "",
        }
        directory.findings = [*kept, right]

    def _hold(self, session: Session) -> None:
        keep_lease(
            session,
            self.directory_id,
            self.token,
            self.parts.settings.lease_seconds,
            self.parts.now(),
        )
        _demand_thaw(session, self.parts.settings)

    def _say(
        self, session: Session, what: str, sentence: str, reason: str, after: Any = None
    ) -> None:
        by = session.get_one(Repair, self.repair_id).asked_by
        subject, now = f"directory:{self.directory_id}", self.parts.now()
        audit.record(
            session, by, what, subject, sentence, after=after, reason=reason, at=now
        )


def _row(repair_id: int, wrong: WrongMemberOf) -> Refresh:
    return Refresh(
        repair_id=repair_id,
        wrong=asdict(wrong),
        sentence=f"{wrong}.",
        state=RefreshState.PLANNED,
    )


def _outcomes(rows: Any) -> dict[str, int]:
    return dict(Counter(row.state.value for row in rows))


def _demand_thaw(session: Session, settings: Settings) -> None:
    frozen = current_freeze(session)
    if frozen is not None:
        raise Refused(frozen.told(settings.timezone))
