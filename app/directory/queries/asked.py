"""Which application asks which group how, as the directories' own logs told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.directory.rules import LensProposal, QuestionLine, proposals
from app.models.directory import Entitlement
from app.models.directory.asking import AskedGroup, DirectoryLog
from ldap_sync.logs import Way


@dataclass(frozen=True, slots=True)
class LastAsked:
    """Until when the logs reach back and forward, and what was asked about one right."""

    since: date | None
    until: date | None
    lines: tuple[QuestionLine, ...]

    @property
    def day(self) -> date | None:
        """Return the last day on which the right itself was asked about."""
        days = (line.last_day for line in self.lines if line.right_id is not None)
        return max(filter(None, days), default=None)


def asked_of(session: Session, directory_id: int) -> list[QuestionLine]:
    """Return what all logs of a directory told, added up, what was asked most first."""
    return _lines(session, directory_id)


def last_asked(session: Session, directory_id: int, right_id: int) -> LastAsked | None:
    """Return what was asked about a right; None where no log of its directory was read."""
    reach = select(
        func.min(DirectoryLog.first_day),
        func.max(DirectoryLog.last_day),
    )
    there = DirectoryLog.directory_id == directory_id
    since, until = session.execute(reach.where(there)).one()
    if since is None and not logs_of(session, directory_id):
        return None
    return LastAsked(
        since,
        until,
        tuple(_lines(session, directory_id, right_id)),
    )


def logs_of(session: Session, directory_id: int) -> list[DirectoryLog]:
    """Return the logs that were read of a directory, the newest first."""
    of = select(DirectoryLog).where(DirectoryLog.directory_id == directory_id)
    return list(session.scalars(of.order_by(DirectoryLog.read_at.desc())))


def proposals_of(
    session: Session, directory_id: int, lines: Iterable[QuestionLine]
) -> list[LensProposal]:
    """Return the rights that the logs show to be looked at in another way than noted."""
    there = select(
        Entitlement.id,
        Entitlement.lens,
    ).where(Entitlement.directory_id == directory_id, Entitlement.gone_at.is_(None))
    noted = {row.id: row.lens.value for row in session.execute(there)}
    return proposals(lines, noted)


def _lines(
    session: Session, directory_id: int, right_id: int | None = None
) -> list[QuestionLine]:
    columns = (
        AskedGroup.entitlement_id,
        AskedGroup.account,
        AskedGroup.address,
        AskedGroup.way,
    )
    wanted = (
        select(
            *columns,
            func.sum(AskedGroup.count),
            func.max(AskedGroup.last_day),
        )
        .join(DirectoryLog, DirectoryLog.id == AskedGroup.log_id)
        .where(DirectoryLog.directory_id == directory_id)
        .group_by(*columns)
    )
    if right_id is not None:
        wanted = wanted.where(AskedGroup.entitlement_id == right_id)
    found = [
        QuestionLine(
            right,
            account,
            address,
            Way(way),
            int(count),
            last,
        )
        for right, account, address, way, count, last in session.execute(wanted)
    ]
    return sorted(
        found,
        key=lambda line: (-line.count, line.account, line.way),
    )
