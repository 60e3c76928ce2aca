"""What is kept of pages holds marks for what every page has anew: token, key, address."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from flask import g, request
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from app.auth.once import once_key

TOKEN, ONCE, ADDRESS = (f"mark-{secrets.token_hex(12)}" for _part in range(3))
"""Stand in a kept part for what every page has anew."""
MARKS = re.compile(f"({TOKEN}|{ONCE}|{ADDRESS})")

Piece = str | Callable[[], str]


@contextmanager
def marked() -> Iterator[None]:
    """Let forms carry marks instead of the key and the token of this page, and no way back: what is
    kept is shown on every page.
    """
    own = {name: g.pop(name, None) for name in ("csrf_token", "once_kept", "way_back")}
    g.csrf_token, g.once_kept, g.way_back = TOKEN, ONCE, ""
    try:
        yield
    finally:
        for name, value in own.items():
            g.pop(name)
            if value is not None:
                setattr(g, name, value)


def in_pieces(html: str) -> list[Piece]:
    """Return what was written with marks, each mark as what takes its place."""
    return [HOLES.get(piece, piece) for piece in MARKS.split(html)]


def filled(pieces: list[Piece]) -> Markup:
    """Return pieces with the token, the keys and the address of this page."""
    said = "".join(one if isinstance(one, str) else one() for one in pieces)
    return Markup(said)  # noqa: S704 (written by our own templates)


def filled_alike(html: str) -> Markup:
    """Return what was written with marks; all its forms have one key, since their addresses tell
    them apart.
    """
    if TOKEN in html:
        html = html.replace(TOKEN, generate_csrf()).replace(ONCE, once_key())
    return Markup(html)  # noqa: S704 (written by our own templates)


def _address() -> str:
    return escape(request.full_path)


HOLES: Mapping[str, Piece] = {
    TOKEN: generate_csrf,
    ONCE: once_key,
    ADDRESS: _address,
}
