"""What a primer is, and which address may be followed to learn more."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from app.models.sponsors.words import WhomFor

LONGEST_PRIMER = 4_000
LONGEST_ADDRESS = 2_000
SHOWN_BY = ("http", "https")


@dataclass(frozen=True, slots=True)
class Primer:
    """A short text on one subject, for somebody; ``is_own``: not the shipped words."""

    key: str
    whom: WhomFor
    title: str
    text: str
    is_own: bool = False

    @property
    def parts(self) -> tuple[str, ...]:
        """Return its paragraphs."""
        return tuple(part.strip() for part in self.text.split("\n\n") if part.strip())


def is_address(address: str) -> bool:
    """Tell whether a browser may be sent there: https or http, with a host and no password."""
    if len(address) > LONGEST_ADDRESS or any(each.isspace() for each in address):
        return False
    try:
        found = urlsplit(address)
        host = found.hostname
    except ValueError:
        return False
    return found.scheme in SHOWN_BY and bool(host) and "@" not in found.netloc
