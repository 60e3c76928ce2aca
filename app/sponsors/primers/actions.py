"""Say a primer in other words, go back to the shipped text, name where to learn more."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.acting import Acting
from app.core.changes import Change, one_locked
from app.core.errors import Invalid
from app.core.said import said
from app.improvements.queries import get_improvement
from app.models.sponsors.primer import LearningLink, PrimerText
from app.models.sponsors.words import WhomFor
from app.sponsors.primers.queries import own_text, shipped_primer
from app.sponsors.primers.rules import LONGEST_PRIMER, is_address


@dataclass(frozen=True, slots=True)
class PrimerDraft:
    """A primer in other words, in one language."""

    language: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class LinkDraft:
    """Where somebody learns more, and for whom that is; None: for everybody."""

    title: str
    address: str
    whom: WhomFor | None = None


def say_primer(act: Acting, key: str, draft: PrimerDraft) -> None:
    """Say a primer in other words; the shipped text again takes them back.

    Raises ``Invalid`` naming the field, ``NotFound`` for a primer there is none of.
    """
    came = shipped_primer(key, draft.language)
    title = draft.title.strip()
    text = draft.text.replace("\r\n", "\n").strip()
    if not title:
        raise Invalid(said("Give it a title."), field="title")
    if not 0 < len(text) <= LONGEST_PRIMER:
        raise Invalid(said("Say it in 1 to 4,000 signs."), field="text")
    if (title, text) == (came.title, came.text):
        return take_back_primer(act, key, draft.language)
    values = {"title": title, "text": text}
    row, change = own_text(act.session, key, draft.language), Change(PrimerText)
    if row is None:
        made = PrimerText(key=key, language=draft.language, **values)
        made.changed_at, made.changed_by = act.now, act.by
        row = change.add(act.session, made)
    elif not change.put(row, values):
        return None
    else:
        change.put(row, {"changed_at": act.now, "changed_by": act.by})
    change.record(act, row, "primer.say", f"Said the primer “{title}” in other words")
    return None


def take_back_primer(act: Acting, key: str, language: str) -> None:
    """Let the shipped text of a primer stand again."""
    row = own_text(act.session, key, language)
    if row is None:
        return
    change = Change(PrimerText, before={"title": row.title, "text": row.text})
    sentence = f"Took back what was said of the primer “{row.title}”"
    change.record(act, row, "primer.take-back", sentence)
    act.session.delete(row)
    act.session.flush()


def add_primer_link(act: Acting, key: str, draft: LinkDraft) -> LearningLink:
    """Name where to learn more about a primer. Raises ``Invalid`` naming the field."""
    shipped_primer(key, "en")
    return _added(act, draft, LearningLink(primer=key))


def add_link(act: Acting, improvement_id: int, draft: LinkDraft) -> LearningLink:
    """Name where to learn more about an improvement. Raises ``Invalid`` naming the field."""
    get_improvement(act.session, improvement_id)
    return _added(act, draft, LearningLink(improvement_id=improvement_id))


def drop_link(act: Acting, link_id: int) -> LearningLink:
    """Take an address off the list; returns what it was."""
    row = one_locked(act.session, LearningLink, link_id)
    there = {"title": row.title, "address": row.address}
    change = Change(LearningLink, before=there)
    sentence = f"Took off where to learn more: {row.title}"
    change.record(act, row, "learning-link.drop", sentence)
    act.session.delete(row)
    act.session.flush()
    return row


def _added(act: Acting, draft: LinkDraft, made: LearningLink) -> LearningLink:
    title, address = draft.title.strip(), draft.address.strip()
    if not title:
        raise Invalid(said("Say what is there."), field="title")
    if not is_address(address):
        why = said("Give an address that begins with https:// or http://.")
        raise Invalid(why, field="address")
    made.title, made.address, made.whom = title, address, draft.whom
    made.created_at, made.created_by = act.now, act.by
    change = Change(LearningLink)
    change.add(act.session, made)
    sentence = f"Named where to learn more: {title}"
    change.record(act, made, "learning-link.add", sentence)
    return made
