"""The desk is run: its numbers change with a reason, its basics are agreed on, signed and dissented
from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import cast

from sqlalchemy import Table, func, select, update
from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.audit import AuditHead
from app.core.changes import Change
from app.core.errors import Invalid, Refused
from app.core.said import said
from app.incidents.basics.queries import newest_sheet
from app.incidents.basics.rules import (
    SHIPPED,
    DeskRule,
    content_of,
    content_of_rules,
    faults_of,
    rules_from,
)
from app.incidents.queries import desk_numbers
from app.incidents.rules import DeskNumbers
from app.models.incidents.desk import BasicsSheet, BasicsSignature, DeskPolicy
from app.models.incidents.incident import Incident
from app.models.incidents.words import BasicsStance


def set_numbers(
    act: Acting,
    numbers: DeskNumbers,
    reason: str,
    *,
    began_at: int | None = None,
) -> DeskPolicy:
    """Put a new version of the desk's numbers in force.

    Raises ``Invalid`` naming the field, or ``Refused``.

    ``began_at`` is the version the form was opened with (0: the defaults); a newer one is not
    overwritten.
    """
    _demand_newest(act.session, DeskPolicy, began_at)
    for field, fault in faults_of(numbers):
        raise Invalid(fault, field=field)
    if not reason.strip():
        raise Invalid(said("Say why the numbers change."), field="reason")
    before, after = content_of(desk_numbers(act.session)), content_of(numbers)
    if before == after:
        raise Refused(said("Nothing differs from the numbers in force."))
    change = Change(about=DeskPolicy)
    made = change.add(
        act.session,
        DeskPolicy(
            content=after, reason=reason.strip(), created_at=act.now, created_by=act.by
        ),
    )
    change.before["content"], change.after["content"] = before, after
    change.record(
        act,
        made,
        "desk-policy.set",
        "The desk's numbers changed",
        reason=reason,
    )
    table = cast(Table, Incident.__table__)
    act.session.connection().execute(
        update(table).where(table.c.is_open).values(look_at=None)
    )
    return made


def write_basics(
    act: Acting,
    rules: Sequence[DeskRule],
    reason: str,
    *,
    began_at: int | None = None,
) -> BasicsSheet:
    """Write a new version of the basics; what was signed stays with the version it was signed for.

    ``began_at`` is the version the form was opened with (0: as shipped); a newer one is not
    overwritten.
    """
    _demand_newest(act.session, BasicsSheet, began_at)
    if not rules:
        raise Invalid(said("Write at least one rule."), field="rules")
    if not reason.strip():
        raise Invalid(said("Say why the basics change."), field="reason")
    current = newest_sheet(act.session)
    if rules == (rules_from(current.rules) if current else list(SHIPPED)):
        raise Refused(said("Nothing differs from the version in force."))
    return _add_sheet(act, rules, reason)


Versioned = type[DeskPolicy] | type[BasicsSheet]


def newest_version(session: Session, kind: Versioned) -> int:
    """Return the number of the version in force, 0 while nobody wrote one."""
    return session.scalar(select(func.max(kind.id))) or 0


def _demand_newest(session: Session, kind: Versioned, began_at: int | None) -> None:
    # Whoever writes holds the head of the audit trail until the end: of two at once the second sees
    # the first one's.
    session.execute(select(AuditHead.id).with_for_update())
    newest = newest_version(session, kind)
    if began_at is not None and newest != began_at:
        who = session.scalar(select(kind.created_by).where(kind.id == newest))
        raise Refused(
            said(
                "%(who)s put a newer version in force meanwhile. What you typed "
                "is kept; compare it with that one and save again.",
                who=who,
            )
        )


def say(
    act: Acting,
    sheet_id: int | None,
    rule: str,
    stance: BasicsStance,
    text: str = "",
) -> BasicsSignature:
    """Sign the basics or one rule of them, or dissent in writing.

    Each says it once for a version; it is kept.

    ``sheet_id`` is the version that was read (None: as shipped). Raises ``Refused`` when another is
    in force by now.
    """
    current = newest_sheet(act.session)
    if (current.id if current else None) != sheet_id:
        raise Refused(said("A newer version of the basics is in force; read it first."))
    if stance is BasicsStance.DISSENTS and not text.strip():
        raise Invalid(said("Say what you do not agree with."), field="text")
    sheet = current or _add_sheet(act, SHIPPED, "As shipped with Rung.")
    if rule and rule not in {each["key"] for each in sheet.rules}:
        raise Invalid(said("There is no such rule in this version."), field="rule")
    if (
        act.session.query(BasicsSignature)
        .filter_by(sheet_id=sheet.id, rule=rule, who=act.by)
        .first()
    ):
        raise Refused(
            said("You have said it for this version already; it is kept with its date.")
        )
    change = Change(about=BasicsSignature)
    made = change.add(
        act.session,
        BasicsSignature(
            sheet_id=sheet.id,
            rule=rule,
            who=act.by,
            stance=stance,
            text=text.strip(),
            at=act.now,
        ),
    )
    change.record(
        act, made, f"basics.{stance.value}", f"{act.by} {stance.value}", reason=text
    )
    return made


def typed_rules(text: str, known: Sequence[DeskRule]) -> list[DeskRule]:
    """Return the rules typed one a line; a line unchanged, or one that starts alike, keeps its
    setting and figure.
    """
    found: list[DeskRule] = []
    for line in (line.strip() for line in text.splitlines()):
        if not line:
            continue
        old = next(
            (
                rule
                for rule in known
                if rule.text == line or rule.text.split(".")[0] == line.split(".")[0]
            ),
            None,
        )
        key = (
            old.key
            if old
            else re.sub(r"[^a-z0-9]+", "-", line.lower()).strip("-")[:40]
            or f"rule-{len(found) + 1}"
        )
        if any(rule.key == key for rule in found):
            key = f"{key}-{len(found) + 1}"
        found.append(
            DeskRule(key, line, old.setting if old else "", old.figure if old else "")
        )
    return found


def _add_sheet(act: Acting, rules: Sequence[DeskRule], reason: str) -> BasicsSheet:
    change = Change(about=BasicsSheet)
    sheet = BasicsSheet(
        rules=content_of_rules(rules),
        reason=reason.strip(),
        created_at=act.now,
        created_by=act.by,
    )
    made = change.add(act.session, sheet)
    change.record(act, made, "basics.write", "The team's basics changed", reason=reason)
    return made
