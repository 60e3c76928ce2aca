"""The records of an improvement as they were on a day, and the page that shows one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import Base
from app.core.errors import NotFound
from app.core.plain import fields, ref
from app.core.said import said
from app.improvements.case.roles import RolesThen, roles_then
from app.improvements.history.queries import as_they_were, events_since
from app.improvements.metrics.queries import Series, series_of
from app.improvements.statistics.ladder import RungRecord
from app.models.improvements.complaint import Complaint, Voice
from app.models.improvements.improvement import (
    CaseAsk,
    CostBenefit,
    Improvement,
    Note,
)
from app.models.improvements.iteration import (
    CheckIn,
    Decision,
    Finding,
    Iteration,
    Participation,
)
from app.models.improvements.metric import Measurement, Metric
from app.models.improvements.words import DecisionKind, ParticipationState

Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Records:
    """Records as plain fields, each with its name under ``ref``, as they stood at ``moment``.

    Only what existed then is there; of the measured values those that were known then.
    """

    moment: datetime
    improvement: Fields
    iterations: tuple[Fields, ...]
    participations: tuple[Fields, ...]
    findings: tuple[Fields, ...]
    decisions: tuple[Fields, ...]
    notes: tuple[Fields, ...]
    costs: tuple[Fields, ...]
    complaints: tuple[Fields, ...]
    voices: tuple[Fields, ...]
    asks: tuple[Fields, ...]
    metrics: Mapping[int, Fields]
    series: tuple[Series, ...]
    roles: RolesThen

    @property
    def first_start(self) -> date | None:
        """Return the day from which the change of the first iteration holds."""
        return min(
            (
                day_of(one["changed_on"] or one["started_at"])
                for one in self.iterations
                if one["started_at"]
            ),
            default=None,
        )

    @cached_property
    def accepted(self) -> dict[str, date]:
        """Return who accepted and did not go back, by person or name, with the day they first did;
        of roles below it, for whom all of them work.
        """
        found: dict[str, date] = {}
        for one in sorted(
            self.participations, key=lambda each: each["accepted_at"] or ""
        ):
            if one["state"] == ParticipationState.ACCEPTED and not one["left_at"]:
                found.setdefault(
                    str(one["person_id"] or one["name"]), day_of(one["accepted_at"])
                )
        return self.roles.accepted | found

    @property
    def began(self) -> date | None:
        """Return the day from which anybody had it: of its own rungs, or of a role below it."""
        days = (self.first_start, self.roles.since)
        return min((day for day in days if day is not None), default=None)

    @property
    def rungs(self) -> tuple[RungRecord, ...]:
        """Return the rungs as far as they went by then, for the forecast."""
        kinds = {one["iteration_id"]: one["kind"] for one in self.decisions}
        return tuple(
            _rung(one, kinds.get(one["id"]), self._people(one["id"]))
            for one in sorted(self.iterations, key=lambda one: int(one["number"]))
        )

    def _people(self, iteration_id: int) -> list[str]:
        return [
            one["state"]
            for one in self.participations
            if one["iteration_id"] == iteration_id and not one["left_at"]
        ]

    def of(self, metric_id: int | None) -> Series | None:
        """Return the series of a metric."""
        return next((one for one in self.series if one.metric.id == metric_id), None)


def records_of(session: Session, improvement: Improvement, moment: datetime) -> Records:
    """Return everything about an improvement as it stood at a moment.

    Fourteen queries, however much there is; sixteen where waves of roles below it moved people.
    """
    number = improvement.id
    mine = {
        kind: list(session.scalars(select(kind).where(condition).order_by(kind.id)))
        for kind, condition in _chosen(number).items()
    }
    mine = {
        kind: [row for row in rows if row.created_at <= moment]
        for kind, rows in mine.items()
    }
    flat = {ref(row): fields(row) for rows in mine.values() for row in rows} | {
        "": fields(improvement)
    }
    then = as_they_were(flat, events_since(session, number, moment))

    def told(kind: type[Base]) -> tuple[Fields, ...]:
        return tuple(then[ref(row)] | {"ref": ref(row)} for row in mine[kind])

    metrics = {one["id"]: one for one in told(Metric) if not one["retired_at"]}
    series = series_of(
        session, [row for row in mine[Metric] if row.id in metrics], moment
    )
    return Records(
        moment,
        then[""] | {"ref": ref(improvement)},
        told(Iteration),
        told(Participation),
        told(Finding),
        told(Decision),
        told(Note),
        told(CostBenefit),
        told(Complaint),
        told(Voice),
        told(CaseAsk),
        metrics,
        tuple(series),
        roles_then(session, number, moment),
    )


def standing(rows: Sequence[Fields]) -> list[Fields]:
    """Return the rows that were not struck out."""
    return [row for row in rows if not row.get("struck_at")]


def day_of(text: str) -> date:
    """Return the day of a moment or a day as the audit trail spells it."""
    return datetime.fromisoformat(text).date()


def _rung(one: Fields, kind: str | None, states: list[str]) -> RungRecord:
    first, last = one["starts_on"], one["ends_on"]
    return RungRecord(
        len(states) or one["planned_size"],
        states.count(ParticipationState.ACCEPTED),
        day_of(one["changed_on"] or one["started_at"]) if one["started_at"] else None,
        day_of(one["ended_at"]) if one["ended_at"] else None,
        kind in (DecisionKind.SCALE, DecisionKind.ADOPT),
        (day_of(last) - day_of(first)).days if first and last else None,
    )


def _chosen(number: int) -> dict[Any, Any]:
    iterations = select(Iteration.id).where(Iteration.improvement_id == number)
    complaints = select(Complaint.id).where(Complaint.improvement_id == number)
    return {
        Iteration: Iteration.improvement_id == number,
        Participation: Participation.iteration_id.in_(iterations),
        Finding: Finding.improvement_id == number,
        Decision: Decision.iteration_id.in_(iterations),
        Note: Note.improvement_id == number,
        CostBenefit: CostBenefit.improvement_id == number,
        CaseAsk: CaseAsk.improvement_id == number,
        Metric: Metric.improvement_id == number,
        Complaint: Complaint.improvement_id == number,
        Voice: Voice.complaint_id.in_(complaints),
    }


KINDS = {
    "improvement": Improvement,
    "iteration": Iteration,
    "participation": Participation,
    "finding": Finding,
    "metric": Metric,
    "measurement": Measurement,
    "note": Note,
    "cost": CostBenefit,
    "check-in": CheckIn,
    "decision": Decision,
    "complaint": Complaint,
    "ask": CaseAsk,
}


def shown_on(session: Session, kind: str, number: int) -> tuple[str, int]:
    """Return the kind of page that shows a record (improvement, iteration, metric, finding,
    complaint) and its number.

    Raises ``NotFound``.
    """
    found = session.get(KINDS[kind], number) if kind in KINDS else None
    if found is None:
        raise NotFound(
            said("There is no %(kind)s %(number)s.", kind=kind, number=number)
        )
    if isinstance(found, Participation | CheckIn | Decision):
        return "iteration", found.iteration_id
    if isinstance(found, Measurement):
        return "metric", found.metric_id
    if isinstance(found, Note | CostBenefit | CaseAsk):
        return "improvement", found.improvement_id
    return kind, number
