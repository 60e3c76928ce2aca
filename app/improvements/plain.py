"""Rows as plain values: what the audit trail keeps of them, and by which name a record is called there."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Any

from sqlalchemy import inspect

from app.db import Base
from app.improvements.models import (
    BusinessCase,
    CheckIn,
    Complaint,
    CostBenefit,
    Decision,
    Finding,
    Improvement,
    Iteration,
    Measurement,
    Metric,
    Note,
    Participation,
    Rebase,
    Voice,
)
from app.people.models import Site, Team

NAMES: dict[type[Base], str] = {
    Improvement: "improvement", Iteration: "iteration", Participation: "participation", Finding: "finding",
    Metric: "metric", Measurement: "measurement", Rebase: "rebase", Note: "note", CostBenefit: "cost",
    CheckIn: "check-in", Decision: "decision", BusinessCase: "case", Complaint: "complaint", Voice: "voice",
    Site: "site", Team: "team",
}  # fmt: skip


def ref(row: Base) -> str:
    """Return the name of a record, such as ``finding:12``; sentences of a business case point to it."""
    return f"{NAMES[type(row)]}:{inspect(row).mapper.primary_key_from_instance(row)[0]}"


def plain(value: Any) -> Any:
    """Return a value as JSON can hold it: words for enums, ISO for days and moments."""
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value


def fields(row: Base) -> dict[str, Any]:
    """Return all columns of a row as plain values."""
    return {name: plain(getattr(row, name)) for name in _names(type(row))}


def _names(kind: type[Base]) -> list[str]:
    return [attribute.key for attribute in inspect(kind).column_attrs]
