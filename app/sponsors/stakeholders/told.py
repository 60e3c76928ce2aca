"""Stakeholders as a table and as programs see them."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.sponsors.stakeholders.queries import StakeholderLine, SupportTold

HEAD = (
    "improvement",
    "stakeholder",
    "name",
    "kind",
    "company",
    "sponsor",
    "leads",
    "power",
    "interest",
    "stance",
    "desired",
    "assessed",
    "heard",
    "reason",
    "problem",
    "benefit",
    "driver",
    "liaison",
    "change agents",
    "open steps",
)


def told(line: StakeholderLine) -> dict[str, Any]:
    """Return a stakeholder as programs see it."""
    row = line.row
    return {
        "improvement": row.improvement_id,
        "stakeholder": row.id,
        "name": row.name,
        "kind": row.kind.value,
        "company": row.company,
        "sponsor": row.is_sponsor,
        "leads": row.leads.splitlines(),
        "power": row.power,
        "interest": row.interest,
        "stance": row.stance.value,
        "desired": row.desired.value,
        "assessed": _day(row.assessed_on),
        "heard": _day(line.clock.heard),
        "reason": row.reason,
        "problem": row.problem,
        "benefit": row.benefit,
        "driver": row.driver,
        "liaison": row.liaison,
        "change agents": row.agents.splitlines(),
        "open steps": line.open_steps,
    }


def cells(line: StakeholderLine) -> list[object]:
    """Return a stakeholder as the cells of a table."""
    return [_cell(value) for value in told(line).values()]


def told_support(support: SupportTold | None) -> dict[str, Any] | None:
    """Return the support of an improvement as programs see it, with its sum."""
    if support is None:
        return None
    return {
        "index": round(support.now.index),
        "arithmetic": support.now.arithmetic,
        "moved": support.moved,
        "gaps": support.now.gaps,
        "assessed": round(100 * support.now.coverage),
    }


def _cell(value: Any) -> object:
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, bool):
        return "yes" if value else ""
    return "" if value is None else value


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
