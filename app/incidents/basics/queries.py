"""The desk's numbers in force and before, and the basics: who agreed, and whether each is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from app.core.figures import share_of
from app.core.said import digits, joined
from app.core.said import said as _said
from app.incidents.basics.rules import SHIPPED, DeskRule, content_of, rules_from
from app.incidents.queries import desk_numbers
from app.incidents.rules import DEFAULT, DeskNumbers
from app.models.auth import Operator
from app.models.incidents.desk import BasicsSheet, BasicsSignature, DeskPolicy
from app.models.incidents.incident import Escalation, Incident, IncidentEvent, WorkOrder
from app.models.incidents.words import BasicsStance, EventKind, OrderState
from app.models.people import TeamMember

WINDOW = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class BasicLine:
    """One rule with what was said to it and whether it is kept."""

    rule: DeskRule
    kept: str
    said: tuple[BasicsSignature, ...]


@dataclass(frozen=True, slots=True)
class Basics:
    """A version of the basics; ``sheet`` None: as shipped, nobody has said anything yet.

    ``missing`` are members of teams who have neither signed this version nor dissented from it as a
    whole.
    """

    sheet: BasicsSheet | None
    version: int
    lines: tuple[BasicLine, ...]
    whole: tuple[BasicsSignature, ...]
    older: tuple[tuple[BasicsSheet, int, tuple[BasicsSignature, ...]], ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def signed(self) -> int:
        """How many signed the whole sheet."""
        return sum(each.stance is BasicsStance.SIGNS for each in self.whole)

    @property
    def dissents(self) -> int:
        """How many dissents there are, of the sheet and of its rules."""
        said = [*self.whole, *(each for line in self.lines for each in line.said)]
        return sum(each.stance is BasicsStance.DISSENTS for each in said)


def newest_sheet(session: Session) -> BasicsSheet | None:
    """Return the version in force, or None: as shipped."""
    return session.scalars(
        select(BasicsSheet).order_by(BasicsSheet.id.desc()).limit(1)
    ).first()


def basics_rules(session: Session) -> list[DeskRule]:
    """Return the rules in force. One query."""
    sheet = newest_sheet(session)
    return rules_from(sheet.rules) if sheet else list(SHIPPED)


def basics_page(session: Session, now: datetime) -> Basics:
    """Return the basics with their signatures and figures, older versions with what was said to
    them.
    """
    sheets = list(
        session.scalars(select(BasicsSheet).order_by(BasicsSheet.id.desc()).limit(20))
    )
    said: dict[int, list[BasicsSignature]] = {}
    for each in session.scalars(select(BasicsSignature).order_by(BasicsSignature.at)):
        said.setdefault(each.sheet_id, []).append(each)
    sheet = sheets[0] if sheets else None
    mine = said.get(sheet.id, []) if sheet else []
    kept = kept_figures(session, now)
    lines = tuple(
        BasicLine(
            rule,
            kept.get(rule.figure, ""),
            tuple(each for each in mine if each.rule == rule.key),
        )
        for rule in (rules_from(sheet.rules) if sheet else SHIPPED)
    )
    count = session.scalar(select(func.count()).select_from(BasicsSheet)) or 0
    whole = tuple(each for each in mine if not each.rule)
    missing = tuple(
        name for name in _members(session) if name not in {each.who for each in whole}
    )
    older = tuple(
        (one, count - place, tuple(said.get(one.id, ())))
        for place, one in enumerate(sheets)
        if place
    )
    return Basics(sheet, count, lines, whole, older, missing)


def _members(session: Session) -> Sequence[str]:
    """Return who works in any team and can sign in, by name."""
    chosen = select(Operator.name).join(
        TeamMember, TeamMember.operator_id == Operator.id
    )
    return session.scalars(
        chosen.where(Operator.disabled_at.is_(None)).distinct().order_by(Operator.name)
    ).all()


def kept_figures(session: Session, now: datetime) -> dict[str, str]:
    """Return how far each rule is kept, in words with denominators, over the last 90 days.

    Few queries.
    """
    since = now - WINDOW
    restored = Incident.restored_at >= since
    tried = select(IncidentEvent.id).where(
        IncidentEvent.incident_id == Incident.id, IncidentEvent.kind == EventKind.STEP
    )
    told = select(Escalation.id).where(
        Escalation.incident_id == Incident.id, Escalation.rule.startswith("target")
    )
    late = and_(Incident.is_open, Incident.target_at < now)
    moved = and_(Incident.owner_fixed_at.is_not(None), Incident.reported_at >= since)
    counts = session.execute(
        select(
            *_part(restored, Incident.restored_at <= Incident.target_at),
            *_part(restored, tried.exists()),
            *_part(moved, Incident.owner != ""),
            *_part(and_(Incident.is_open), _untouched(desk_numbers(session), now)),
            *_part(late, told.exists()),
            *_part(Incident.reported_at >= since, Incident.bounces > 0),
            *_part(
                and_(Incident.is_open, Incident.next_update_at.is_not(None)),
                Incident.next_update_at >= now,
            ),
        )
    ).one()
    refused, orders = session.execute(
        select(
            func.count().filter(WorkOrder.state == OrderState.REFUSED), func.count()
        ).where(WorkOrder.created_at >= since)
    ).one()
    words = _words(counts)
    words["orders_refused"] = _counted(
        refused, orders, _said("work orders of the last 90 days were refused.")
    )
    return words


def _part(
    whole: ColumnElement[bool], part: ColumnElement[bool]
) -> tuple[ColumnElement[int], ColumnElement[int]]:
    return func.count().filter(and_(whole, part)), func.count().filter(whole)


def _words(counts: Sequence[int]) -> dict[str, str]:
    sentences = {
        "restore": _said("restored in the last 90 days were in time."),
        "tried": _said("restored in the last 90 days say what was tried."),
        "owner_moved": _said("with a responsible owner still have one."),
        "untouched": _said(
            "open ones lie untouched for longer than their priority allows."
        ),
        "late_told": _said("open ones over their target are known to management."),
        "bounced": _said("of the last 90 days came back to a team that had them."),
        "updates": _said("open ones with a promised update are in time with it."),
    }
    return {
        name: _counted(counts[2 * place], counts[2 * place + 1], sentence)
        for place, (name, sentence) in enumerate(sentences.items())
    }


def _counted(part: int, whole: int, sentence: str) -> str:
    if not whole:
        return _said("Nothing to count yet.")
    return joined([share_of(part, whole), sentence])


def _untouched(numbers: DeskNumbers, now: datetime) -> ColumnElement[bool]:
    """Tell which lie too long by the wall clock; by business hours, as the worker counts, it may be
    fewer.
    """
    whole: ColumnElement[bool] = and_(Incident.priority == 0)
    for priority, hours in numbers.untouched_hours.items():
        whole = whole | and_(
            Incident.priority == priority,
            Incident.touched_at < now - timedelta(hours=hours),
        )
    return whole


@dataclass(frozen=True, slots=True)
class SettingsVersion:
    """One version of the numbers with what it changed."""

    id: int
    at: datetime
    by: str
    reason: str
    rows: tuple[dict[str, str], ...]


def number_versions(session: Session, limit: int = 20) -> list[SettingsVersion]:
    """Return the latest versions, newest first, each against the one before. One query."""
    found = list(
        session.scalars(
            select(DeskPolicy).order_by(DeskPolicy.id.desc()).limit(limit + 1)
        )
    )
    befores = [*(each.content for each in found[1:]), content_of(DEFAULT)]
    return [
        SettingsVersion(
            one.id,
            one.created_at,
            one.created_by,
            one.reason,
            _differences(before, one.content),
        )
        for one, before in list(zip(found, befores, strict=False))[:limit]
    ]


def open_by_priority(session: Session, now: datetime) -> dict[int, tuple[int, int]]:
    """Return how many incidents are open and how many of them over their target, by priority.

    One query.
    """
    late = func.count().filter(Incident.target_at < now)
    chosen = (
        select(Incident.priority, func.count(), late)
        .where(Incident.is_open)
        .group_by(Incident.priority)
    )
    return {
        priority: (total, over) for priority, total, over in session.execute(chosen)
    }


def _differences(
    before: dict[str, object], after: dict[str, object]
) -> tuple[dict[str, str], ...]:
    names = [name for name in after if before.get(name) != after[name]]
    return tuple(
        {
            "name": name.replace("_", " ").capitalize(),
            "before": _shown(before.get(name)),
            "after": _shown(after[name]),
        }
        for name in names
    )


def _shown(value: object) -> str:
    if isinstance(value, dict):
        parts = [f"P{key} " + digits(f"{amount:g}") for key, amount in value.items()]
        return joined(parts, ", ")
    if isinstance(value, list):
        return ", ".join(f"{each:g}" for each in value)
    return (
        {True: "yes", False: "no"}.get(value, str(value))
        if isinstance(value, bool)
        else str(value)
    )
