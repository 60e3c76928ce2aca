"""Who answers for what over the whole catalogue: services and processes without a named accountable
are counted.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog.queries.services import LIVE, who_can_sign_in
from app.catalog.rules.raci import USUAL_PROCESSES
from app.models.catalog.service import Duty, Service
from app.models.catalog.words import Letter, ServiceState


@dataclass(frozen=True, slots=True)
class DutyLine:
    """One service with its owner and who is accountable for each process; nothing where nobody
    is.
    """

    id: int
    name: str
    state: ServiceState
    owner: str
    owner_can_sign_in: bool
    accountable: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DutyReport:
    """The blank spots: services without an owner, and pairs of service and process without an
    accountable.
    """

    processes: tuple[str, ...]
    lines: tuple[DutyLine, ...]

    @property
    def services_without(self) -> int:
        """Return how many services nobody answers for who can sign in."""
        return sum(not line.owner_can_sign_in for line in self.lines)

    @property
    def pairs(self) -> int:
        """Return how many pairs of service and process there are."""
        return len(self.lines) * len(self.processes)

    @property
    def pairs_without(self) -> int:
        """Return how many of them have nobody accountable."""
        return sum(not name for line in self.lines for name in line.accountable)


def duty_report(session: Session) -> DutyReport:
    """Return who answers for what; the processes are the usual ones and those written down
    anywhere.

    Three queries.
    """
    services = session.scalars(select(Service).where(LIVE).order_by(func.lower(Service.name))).all()
    rows = session.execute(
        select(Duty.service_id, Duty.process, Duty.party, Duty.letter).where(Duty.process != "")
    )
    duties, usable = rows.all(), set(who_can_sign_in(session))
    extra = sorted({row.process for row in duties} - set(USUAL_PROCESSES), key=str.casefold)
    processes = (*USUAL_PROCESSES, *extra)
    named = {
        (row.service_id, row.process): row.party
        for row in duties
        if row.letter is Letter.ACCOUNTABLE
    }
    lines = (
        DutyLine(
            one.id,
            one.name,
            one.state,
            one.owner,
            one.owner in usable,
            tuple(named.get((one.id, process), "") for process in processes),
        )
        for one in services
    )
    return DutyReport(processes, tuple(lines))
