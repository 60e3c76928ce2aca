"""Adoption on the command line."""

from __future__ import annotations

from typing import Any

import click

from app.core.parts import parts
from app.core.terminal import command, emit
from app.sponsors.adoption.queries import (
    adoption_lines,
    improvement_adoption,
    role_adoption,
)
from app.sponsors.adoption.rules import AdoptionCount

REST = "smaller parts together"


@command("adoption")
@click.option("--improvement", type=click.IntRange(1), help="Of this one, with parts.")
@click.option("--role", type=click.IntRange(1), help="Of this role, with parts.")
def adoption(improvement: int | None, role: int | None) -> None:
    """Say who really has each improvement and role, uses it, and went back."""
    today = parts().now().date()
    with parts().database.read() as session:
        if improvement is None and role is None:
            lines = adoption_lines(session, today)
            rows = [(line.kind, line.id, line.count) for line in lines]
            found: dict[str, Any] = {"adoption": [_told(*row) for row in rows]}
            emit(found, [_line(count) for _kind, _id, count in rows])
            return
        page = (
            improvement_adoption(session, improvement, today, REST)
            if improvement
            else role_adoption(session, role or 0, today, REST)
        )
    line = page.line
    found = _told(line.kind, line.id, line.count)
    found["sites"] = [_figures(one) for one in page.sites]
    found["departments"] = [_figures(one) for one in page.departments]
    found["forecast"] = page.burn.forecast.sentence
    counts = (line.count, *page.sites, *page.departments)
    emit(found, [*(_line(one) for one in counts), page.burn.forecast.sentence])


def _told(kind: str, number: int, count: AdoptionCount) -> dict[str, Any]:
    return {"kind": kind, "id": number, **_figures(count)}


def _figures(count: AdoptionCount) -> dict[str, Any]:
    return {
        "name": count.name,
        "for": count.eligible or None,
        "asked": count.asked,
        "ready": count.ready,
        "had": count.had,
        "has": count.has,
        "went_back": count.back,
        "used": count.used.part,
        "used_unknown": count.used.unknown,
        "works": count.works.part,
        "works_unknown": count.works.unknown,
        "days_to_confirm": count.waited,
        "written_to": count.mailed,
        "did_after": count.followed,
        "kept_apart": count.kept_apart,
    }


def _line(count: AdoptionCount) -> str:
    has, used = count.migrated.text, count.used.text
    return (
        f"{count.name}: has it {has}; uses it {used}; went back {count.went_back.text}"
    )
