"""What an answer on the status page stands for."""

from __future__ import annotations

from hashlib import sha256

from app.core.said import said
from app.models.sponsors.words import SponsorAnswerKind

LONGEST_WORDS = 2000

ANSWERED = {
    SponsorAnswerKind.YES: said("Yes."),
    SponsorAnswerKind.NO: said("No."),
}


def seal_of(kind: str, text: str) -> str:
    """Return a short word for what is asked, another one as soon as its words change."""
    return sha256(f"{kind}\n{text}".encode()).hexdigest()[:12]


def once(reader: str, kind: SponsorAnswerKind, about: int | None) -> str:
    """Return under what one reader's answer stands until it is replied to."""
    return f"{reader}:{kind}:{about or 'all'}"
