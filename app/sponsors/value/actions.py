"""Publish a figure with what it is for, take it back, and write thanks down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.core.acting import Acting
from app.core.changes import Change, one_locked
from app.core.errors import Invalid, NotFound
from app.core.said import said
from app.models.sponsors.value import PublishedFigure, ThankYou
from app.sponsors.value.rules import PURPOSES


@dataclass(frozen=True, slots=True)
class ThanksDraft:
    """Thanks as they were said: the words, by whom, to which team, on which day."""

    text: str
    said_by: str = ""
    whom: str = ""
    said_on: date | None = None
    open: bool = False
    manner: bool = False


def publish_figure(act: Acting, key: str, purpose: str) -> PublishedFigure:
    """Let everybody read a figure, and say what it is for; said again, the purpose changes.

    Raises ``NotFound`` for a figure there is none of, ``Invalid`` without a purpose.
    """
    if key not in PURPOSES:
        raise NotFound(said("There is no such figure."))
    told = purpose.strip()
    if not told:
        raise Invalid(said("Say what the figure is for."), field="purpose")
    change, known = Change(PublishedFigure), _published(act, key)
    if known is None:
        made = PublishedFigure(key=key, purpose=told, published_at=act.now)
        made.published_by = act.by
        known = change.add(act.session, made)
    elif not change.put(known, {"purpose": told}):
        return known
    change.record(
        act, known, "published-figure.publish", f"Published the figure “{key}”"
    )
    return known


def withdraw_figure(act: Acting, key: str) -> None:
    """Let nobody without an account read a figure any more."""
    known = _published(act, key)
    if known is None:
        return
    change = Change(PublishedFigure, before={"key": key, "purpose": known.purpose})
    change.record(
        act, known, "published-figure.withdraw", f"Withdrew the figure “{key}”"
    )
    act.session.delete(known)


def write_thanks(act: Acting, draft: ThanksDraft) -> ThankYou:
    """Write down that somebody said thank you.

    Raises ``Invalid`` without words, or for a day that comes yet.
    """
    if not draft.text.strip():
        raise Invalid(said("Write down what was said."), field="text")
    on = draft.said_on or act.now.date()
    if on > act.now.date():
        raise Invalid(said("That day comes yet."), field="said_on")
    made = ThankYou(
        text=draft.text.strip(),
        said_by=draft.said_by.strip(),
        whom=draft.whom.strip(),
        said_on=on,
        open=draft.open,
        manner=draft.manner,
        created_at=act.now,
        created_by=act.by,
    )
    change = Change(ThankYou)
    change.add(act.session, made)
    change.record(act, made, "thank-you.write", f"Wrote thanks down: {made.text}")
    return made


def strike_thanks(act: Acting, thanks_id: int) -> ThankYou:
    """Show thanks no more, as when whoever said it does not want that."""
    thanks = one_locked(act.session, ThankYou, thanks_id)
    change = Change(ThankYou)
    if change.put(thanks, {"struck_at": act.now}):
        change.record(act, thanks, "thank-you.strike", "Struck thanks out")
    return thanks


def _published(act: Acting, key: str) -> PublishedFigure | None:
    wanted = select(PublishedFigure).where(PublishedFigure.key == key)
    return act.session.scalars(wanted.with_for_update()).one_or_none()
