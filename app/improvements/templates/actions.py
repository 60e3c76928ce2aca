"""Start an improvement from a template; make a template your own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from app.core.acting import Acting
from app.core.changes import Change, one
from app.core.errors import Conflict, Invalid
from app.core.said import said
from app.improvements.metrics.actions import MetricDraft, add_metric
from app.improvements.notes.actions import NoteDraft, add_note
from app.improvements.register.actions import EDITABLE, raise_improvement
from app.improvements.rungs.actions import plan_iteration
from app.improvements.tasks.actions import TaskDraft, TaskPlace, add_task
from app.improvements.tasks.rules import STEP_WITHIN
from app.improvements.templates.queries import get_template, shipped_texts
from app.improvements.templates.rules import Template, Unreadable, misfits, parse
from app.models.improvements.improvement import Improvement, OwnTemplate
from app.models.improvements.words import (
    Direction,
    ImprovementNoteKind,
    Tally,
)

KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def start_from(
    act: Acting,
    key: str,
    title: str = "",
    values: Mapping[str, Any] | None = None,
) -> Improvement:
    """Raise an improvement from a template, with its metrics, pictures, links, tasks and a first
    planned rung.

    ``values`` go before those of the template. Raises ``NotFound`` or ``Invalid``.
    """
    template = get_template(act.session, key).template
    fields = {
        **template.fields,
        "kind": template.kind,
        "template": key,
        **(values or {}),
    }
    improvement = raise_improvement(act, title or template.title, fields)
    primary = [_add_metric(act, improvement.id, each) for each in template.metrics]
    for note in _notes(template):
        add_note(act, improvement.id, note)
    if template.ladder:
        first = {
            "what_changes": template.ladder[0]["what"],
            "planned_size": template.ladder[0]["people"],
        }
        first["metric_id"] = next(filter(None, primary), None)
        rung = plan_iteration(act, improvement.id, first)
        add_template_tasks(act, improvement.id, template, 1, rung.id)
    add_template_tasks(act, improvement.id, template)
    return improvement


def add_template_tasks(
    act: Acting,
    improvement_id: int,
    template: Template,
    rung: int = 0,
    iteration_id: int | None = None,
) -> None:
    """Say what is to be done for a rung of a template's ladder, counted from 1, or for the whole.

    Whoever owns the improvement does it; without an owner a day would wait for nobody.
    """
    place = TaskPlace(iteration_id=iteration_id)
    owner = one(act.session, Improvement, improvement_id).owner
    for told in template.tasks_of(rung):
        length = timedelta(days=told.get("days", 0))
        is_near = timedelta() < length <= STEP_WITHIN
        due = act.now.date() + length if owner and is_near else None
        add_task(act, improvement_id, TaskDraft(told["what"], owner, due), place)


def save_template(act: Acting, key: str, text: str, revision: int = 0) -> OwnTemplate:
    """Keep a template as written here, in place of the one that came with Rung or as a new one.

    Raises ``Invalid`` when it cannot be read, ``Conflict`` when somebody else changed it since
    ``revision``.
    """
    if not KEY.fullmatch(key):
        raise Invalid(
            said("Name it in small letters with hyphens, as in chat-for-sales."),
            field="key",
        )
    _check(key, text)
    own = act.session.scalars(
        select(OwnTemplate).where(OwnTemplate.key == key).with_for_update()
    ).one_or_none()
    before = own.content if own else shipped_texts().get(key, "")
    if revision != (own.revision if own else 0):
        raise Conflict(
            said(
                "%(value)s changed this template meanwhile.",
                value=own.changed_by if own else "Somebody",
            ),
            details=(before,),
        )
    if own is None:
        own = OwnTemplate(
            key=key, revision=0, content="", changed_at=act.now, changed_by=act.by
        )
        act.session.add(own)
    own.content, own.revision, own.changed_at, own.changed_by = (
        text,
        revision + 1,
        act.now,
        act.by,
    )
    act.session.flush()
    sentence = f"Changed the template {key}"
    Change(before={"content": before}, after={"content": text}).record(
        act, f"template:{key}", "template.save", sentence
    )
    return own


def forget_template(act: Acting, key: str) -> None:
    """Go back to the template that came with Rung, or drop an own one."""
    line = get_template(act.session, key)
    if line.revision:
        act.session.execute(delete(OwnTemplate).where(OwnTemplate.key == key))
        Change(before={"content": line.text}).record(
            act,
            f"template:{key}",
            "template.forget",
            f"Dropped the changes of the template {key}",
        )


def _check(key: str, text: str) -> None:
    faults: tuple[str, ...]
    try:
        template = parse(key, text)
    except Unreadable as error:
        faults = error.faults
    else:
        faults = (*misfits(template), *_strangers(template))
    if faults:
        raise Invalid(faults[0], field="content", details=faults)


def _strangers(template: Template) -> list[str]:
    unknown = sorted(set(template.fields) - set(EDITABLE))
    return [
        said("An improvement has no field %(value)s.", value=one) for one in unknown
    ]


def _add_metric(
    act: Acting, improvement_id: int, told: Mapping[str, Any]
) -> int | None:
    """Add a metric of a template; return its number if it is the primary one."""
    words = {
        "direction": Direction(told["direction"]),
        "tally": Tally(told.get("tally", Tally.MEASURED)),
    }
    draft = MetricDraft(**{**told, **words})
    metric = add_metric(act, improvement_id, draft)
    return metric.id if metric.primary_of else None


def _notes(template: Template) -> list[NoteDraft]:
    pictures = [
        NoteDraft(ImprovementNoteKind.PICTURE, one["text"], one["audience"])
        for one in template.pictures
    ]
    links = [
        NoteDraft(ImprovementNoteKind.LINK, one["title"], url=one["url"])
        for one in template.links
    ]
    practices = [
        NoteDraft(ImprovementNoteKind.PRACTICE, who=one) for one in template.practices
    ]
    return [*pictures, *links, *practices]
