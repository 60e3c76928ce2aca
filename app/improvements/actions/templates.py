"""Start an improvement from a template; make a template your own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core import audit
from app.core.errors import Conflict, Invalid
from app.improvements.actions import beside, iterations, metrics
from app.improvements.actions.noting import word
from app.improvements.actions.register import EDITABLE, raise_improvement
from app.improvements.queries.templates import get_template, shipped_texts
from app.improvements.rules.template import Template, Unreadable, parse
from app.models.improvements.improvement import Improvement, OwnTemplate
from app.models.improvements.words import Direction, ImprovementKind, ImprovementNoteKind

KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def start_from(
    session: Session,
    key: str,
    title: str = "",
    values: Mapping[str, Any] | None = None,
    *,
    by: str,
    now: datetime,
) -> Improvement:
    """Raise an improvement from a template, with its metrics, pictures, links and a first planned
    rung.

    ``values`` go before those of the template. Raises ``NotFound`` or ``Invalid``.
    """
    template = get_template(session, key).template
    fields = {**template.fields, "kind": template.kind, "template": key, **(values or {})}
    improvement = raise_improvement(session, title or template.title, fields, by=by, now=now)
    primary = [_add_metric(session, improvement.id, one, by, now) for one in template.metrics]
    for note in _notes(template):
        beside.add_note(session, improvement.id, note, by=by, now=now)
    if template.ladder:
        first = {
            "what_changes": template.ladder[0]["what"],
            "planned_size": template.ladder[0]["people"],
        }
        first["metric_id"] = next(filter(None, primary), None)
        iterations.plan_iteration(session, improvement.id, first, by=by, now=now)
    return improvement


def save_template(
    session: Session, key: str, text: str, revision: int = 0, *, by: str, now: datetime
) -> OwnTemplate:
    """Keep a template as written here, in place of the one that came with Rung or as a new one.

    Raises ``Invalid`` when it cannot be read, ``Conflict`` when somebody else changed it since
    ``revision``.
    """
    if not KEY.fullmatch(key):
        raise Invalid("Name it in small letters with hyphens, as in chat-for-sales.", field="key")
    _check(key, text)
    own = session.scalars(
        select(OwnTemplate).where(OwnTemplate.key == key).with_for_update()
    ).one_or_none()
    before = own.content if own else shipped_texts().get(key, "")
    if revision != (own.revision if own else 0):
        raise Conflict(
            f"{own.changed_by if own else 'Somebody'} changed this template meanwhile.",
            details=(before,),
        )
    if own is None:
        own = OwnTemplate(key=key, revision=0, content="", changed_at=now, changed_by=by)
        session.add(own)
    own.content, own.revision, own.changed_at, own.changed_by = text, revision + 1, now, by
    session.flush()
    sentence = f"Changed the template {key}"
    audit.record(
        session,
        by,
        "template.save",
        f"template:{key}",
        sentence,
        before={"content": before},
        after={"content": text},
        at=now,
    )
    return own


def forget_template(session: Session, key: str, *, by: str, now: datetime) -> None:
    """Go back to the template that came with Rung, or drop an own one."""
    line = get_template(session, key)
    if line.revision:
        session.execute(delete(OwnTemplate).where(OwnTemplate.key == key))
        audit.record(
            session,
            by,
            "template.forget",
            f"template:{key}",
            f"Dropped the changes of the template {key}",
            before={"content": line.text},
            at=now,
        )


def _check(key: str, text: str) -> None:
    try:
        template = parse(key, text)
    except Unreadable as error:
        raise Invalid(str(error), field="content") from error
    word(ImprovementKind, template.kind, "content")
    unknown = sorted(set(template.fields) - set(EDITABLE))
    if unknown:
        raise Invalid(f"An improvement has no field {unknown[0]}.", field="content")


def _add_metric(
    session: Session, improvement_id: int, told: Mapping[str, Any], by: str, now: datetime
) -> int | None:
    """Add a metric of a template; return its number if it is the primary one."""
    draft = metrics.MetricDraft(**{**told, "direction": Direction(told["direction"])})
    metric = metrics.add_metric(session, improvement_id, draft, by=by, now=now)
    return metric.id if metric.primary_of else None


def _notes(template: Template) -> list[beside.NoteDraft]:
    pictures = [
        beside.NoteDraft(ImprovementNoteKind.PICTURE, one["text"], one["audience"])
        for one in template.pictures
    ]
    links = [
        beside.NoteDraft(ImprovementNoteKind.LINK, one["title"], url=one["url"])
        for one in template.links
    ]
    practices = [
        beside.NoteDraft(ImprovementNoteKind.PRACTICE, who=one) for one in template.practices
    ]
    return [*pictures, *links, *practices]
