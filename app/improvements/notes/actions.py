"""What stands beside an improvement: lessons, pictures, stakeholders, volunteers, links; costs and
benefits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from app.core.acting import Acting
from app.core.changes import cleaned, one
from app.core.errors import Invalid, Refused
from app.core.said import said
from app.improvements.events import add_told, locked, put_told
from app.models.improvements.improvement import CostBenefit, Note
from app.models.improvements.words import ImprovementNoteKind, Per, Side

NOTE_FIELDS = ("kind", "who", "text", "url", "happened_on", "answer")
COST_FIELDS = (
    "side",
    "what",
    "for_whom",
    "unit",
    "per",
    "planned",
    "actual",
    "assumption",
)
ADDRESSES = ("https://", "http://", "file://", "mailto:", "/", "\\\\")
NAMED = {
    ImprovementNoteKind.PICTURE: "Say for which audience the picture is.",
    ImprovementNoteKind.STAKEHOLDER: "Say who the stakeholder is.",
    ImprovementNoteKind.PRACTICE: "Name the practice.",
    ImprovementNoteKind.VOLUNTEER: "Name the volunteer.",
}
"""The kinds of notes that are about somebody or something with a name, and what to say without
one.
"""


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """What a person typed beside an improvement."""

    kind: ImprovementNoteKind
    text: str = ""
    who: str = ""
    url: str = ""
    happened_on: date | None = None
    answer: bool | None = None


@dataclass(frozen=True, slots=True)
class CostDraft:
    """One cost, benefit, dis-benefit, or price of doing nothing as typed."""

    side: Side
    what: str
    unit: str = ""
    per: Per = Per.ONCE
    planned: float | None = None
    actual: float | None = None
    for_whom: str = ""
    assumption: str = ""


def add_note(
    act: Acting,
    improvement_id: int,
    draft: NoteDraft,
    *,
    iteration_id: int | None = None,
) -> Note:
    """Add a line.

    Raises ``Invalid`` for a name or reason that is missing, or an address that is none.
    """
    improvement = locked(act.session, improvement_id)
    values = cleaned(Note, asdict(draft), NOTE_FIELDS)
    _check_note(values)
    made = Note(
        improvement_id=improvement_id,
        iteration_id=iteration_id,
        created_at=act.now,
        created_by=act.by,
        **values,
    )
    sentence = f"Noted ({made.kind}): {_short(made)}"
    return add_told(act, improvement, made, "note.add", sentence)


def change_note(act: Acting, note_id: int, values: Mapping[str, Any]) -> Note:
    """Correct a line. Raises ``Refused`` for one that was struck out."""
    note = one(act.session, Note, note_id)
    improvement = locked(act.session, note.improvement_id)
    if note.struck_at is not None:
        raise Refused(
            said("“%(note)s” was struck out; add it anew.", note=_short(note))
        )
    wanted = cleaned(Note, values, NOTE_FIELDS)
    _check_note({name: getattr(note, name) for name in NOTE_FIELDS} | wanted)
    put_told(
        act,
        improvement,
        note,
        wanted,
        "note.change",
        lambda: f"Changed ({note.kind}): {_short(note)}",
    )
    return note


def strike_note(act: Acting, note_id: int) -> Note:
    """Strike a line out; earlier days still show it."""
    note = one(act.session, Note, note_id)
    improvement = locked(act.session, note.improvement_id)
    sentence = f"Struck ({note.kind}): {_short(note)}"
    struck = {"struck_at": note.struck_at or act.now}
    put_told(act, improvement, note, struck, "note.strike", lambda: sentence)
    return note


def add_cost(
    act: Acting,
    improvement_id: int,
    draft: CostDraft,
    *,
    iteration_id: int | None = None,
) -> CostBenefit:
    """Add a cost, a benefit, a dis-benefit, or what doing nothing costs."""
    improvement = locked(act.session, improvement_id)
    values = cleaned(CostBenefit, asdict(draft), COST_FIELDS)
    _check_cost(values)
    made = CostBenefit(
        improvement_id=improvement_id,
        iteration_id=iteration_id,
        created_at=act.now,
        created_by=act.by,
        **values,
    )
    sentence = f"Added {made.side}: {made.what}"
    return add_told(act, improvement, made, "cost.add", sentence)


def change_cost(act: Acting, cost_id: int, values: Mapping[str, Any]) -> CostBenefit:
    """Change a cost or a benefit, such as its actual figure once it is known."""
    cost = one(act.session, CostBenefit, cost_id)
    improvement = locked(act.session, cost.improvement_id)
    if cost.struck_at is not None:
        raise Refused(said("“%(what)s” was struck out; add it anew.", what=cost.what))
    wanted = cleaned(CostBenefit, values, COST_FIELDS)
    _check_cost({name: getattr(cost, name) for name in COST_FIELDS} | wanted)
    put_told(
        act,
        improvement,
        cost,
        wanted,
        "cost.change",
        lambda: f"Changed {cost.side}: {cost.what}",
    )
    return cost


def strike_cost(act: Acting, cost_id: int) -> CostBenefit:
    """Strike a cost or a benefit out; earlier days still show it."""
    cost = one(act.session, CostBenefit, cost_id)
    improvement = locked(act.session, cost.improvement_id)
    sentence = f"Struck {cost.side}: {cost.what}"
    struck = {"struck_at": cost.struck_at or act.now}
    put_told(act, improvement, cost, struck, "cost.strike", lambda: sentence)
    return cost


def _check_note(values: Mapping[str, Any]) -> None:
    kind = ImprovementNoteKind(values["kind"])
    if kind in NAMED and not values["who"]:
        raise Invalid(NAMED[kind], field="who")
    if (
        kind is ImprovementNoteKind.PRACTICE
        and values["answer"] is False
        and not values["text"]
    ):
        raise Invalid(said("Say why the practice is skipped."), field="text")
    if (
        kind in (ImprovementNoteKind.LINK, ImprovementNoteKind.ARTICLE)
        and not values["url"]
        and not values["text"]
    ):
        raise Invalid(said("Give the address, or say where it is found."), field="url")
    shown = kind is ImprovementNoteKind.PRESENTATION and values["who"]
    says_it = values["text"] or values["url"] or shown
    if not says_it and kind not in NAMED:
        raise Invalid(said("Say what it is."), field="text")
    if values["url"] and not values["url"].startswith(ADDRESSES):
        raise Invalid(
            said("Give an address that begins with https://, a path, or a file share."),
            field="url",
        )


def _check_cost(values: Mapping[str, Any]) -> None:
    if not values["what"]:
        raise Invalid(said("Say what it is."), field="what")
    for name in ("planned", "actual"):
        if values[name] is not None and values[name] < 0:
            raise Invalid(
                said("Give a figure from zero up; the side says which way it counts."),
                field=name,
            )


def _short(note: Note) -> str:
    return " – ".join(part for part in (note.who, note.text or note.url) if part)
