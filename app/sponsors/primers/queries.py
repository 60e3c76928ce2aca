"""Primers as they are said here, and where to learn more."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.core.said import said
from app.models.sponsors.primer import LearningLink, PrimerText
from app.models.sponsors.words import WhomFor
from app.sponsors.primers.rules import Primer

SHIPPED = Path(__file__).with_name("shipped.toml")
FIRST = "en"


@cache
def shipped() -> Mapping[str, Any]:
    """Return the primers that come with this version, by key and language."""
    return tomllib.loads(SHIPPED.read_text(encoding="utf-8"))


def shipped_primer(key: str, language: str) -> Primer:
    """Return a primer as it came. Raises ``NotFound``."""
    found = shipped().get(key)
    if found is None:
        raise NotFound(said("There is no such primer."))
    told = found.get(language) or found[FIRST]
    return Primer(key, WhomFor(found["audience"]), told["title"], told["text"].strip())


def primers(session: Session, language: str) -> list[Primer]:
    """Return all primers in a language, in the owner's words where there are any."""
    asked = select(PrimerText).where(PrimerText.language == language)
    own = {row.key: row for row in session.scalars(asked)}
    return [_told(shipped_primer(key, language), own.get(key)) for key in shipped()]


def primer(session: Session, key: str, language: str) -> Primer:
    """Return one primer in a language. Raises ``NotFound``."""
    return _told(shipped_primer(key, language), own_text(session, key, language))


def own_text(session: Session, key: str, language: str) -> PrimerText | None:
    """Return a primer in the owner's words; None where the shipped text stands."""
    asked = select(PrimerText).where(
        PrimerText.key == key, PrimerText.language == language
    )
    return session.scalars(asked).one_or_none()


def links_of_primer(session: Session, key: str) -> Sequence[LearningLink]:
    """Return where to learn more about the subject of a primer."""
    asked = select(LearningLink).where(LearningLink.primer == key)
    return session.scalars(asked.order_by(LearningLink.id)).all()


def links_of_improvement(session: Session, number: int) -> Sequence[LearningLink]:
    """Return where to learn more about what an improvement changes."""
    asked = select(LearningLink).where(LearningLink.improvement_id == number)
    return session.scalars(asked.order_by(LearningLink.id)).all()


def _told(primer: Primer, own: PrimerText | None) -> Primer:
    if own is None:
        return primer
    return Primer(primer.key, primer.whom, own.title, own.text, is_own=True)
