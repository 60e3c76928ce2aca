"""What stands around every page: written once for all who may do, read and see the same."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager

from flask import g, request
from flask_babel import get_locale
from flask_wtf.csrf import generate_csrf
from jinja2 import Environment
from markupsafe import Markup, escape

from app.auth import current_operator
from app.auth.once import once_key
from app.core.kept import KeptValues
from app.core.web.words import theme
from app.directory.queries import FreezeNow
from app.shell.assets import asset
from app.shell.navigation import numbers, place

MOST = 200
"""How many parts a process keeps, a few thousand signs each."""
TOKEN, ONCE, ADDRESS = (f"mark-{secrets.token_hex(12)}" for _part in range(3))
"""Stand in a kept part for what every page has anew."""

Piece = str | Callable[[], str]


class PartsAround:
    """The parts of ``base.html`` that are kept: asked for by the name of their template.

    What they show is in the key; what differs from page to page is put in afterwards.
    """

    def __init__(
        self, environment: Environment, frozen: Callable[[], FreezeNow | None]
    ) -> None:
        self._environment = environment
        self._frozen = frozen
        self._kept = KeptValues(MOST)

    def __call__(self, template: str) -> Markup:
        """Return a part as this page shows it."""
        key = (template, *self._seen())
        return _filled(
            self._kept.get(key, asset("icons.svg"), lambda: self._made(template))
        )

    def written(self, template: str) -> Markup:
        """Return the same part, written for this page alone."""
        return _filled(self._made(template))

    def _seen(self) -> tuple[Hashable, ...]:
        if "seen_around" not in g:
            g.seen_around = (
                *_reader(),
                request.script_root,
                str(get_locale()),
                theme(),
                self._frozen() is not None,
                place(),
                numbers(),
            )
        seen: tuple[Hashable, ...] = g.seen_around
        return seen

    def _made(self, template: str) -> list[Piece]:
        with _marked():
            html = self._environment.get_template(template).render(address=ADDRESS)
        pieces = re.split(f"({TOKEN}|{ONCE}|{ADDRESS})", html)
        return [HOLES.get(piece, piece) for piece in pieces]


def _reader() -> tuple[Hashable, ...]:
    operator = current_operator()
    if operator is None:
        return (0, "", ())
    return operator.operator_id, operator.name, operator.permissions


@contextmanager
def _marked() -> Iterator[None]:
    """Let forms carry marks instead of the key and the token of this page."""
    own = {name: g.pop(name, None) for name in ("csrf_token", "once_kept")}
    g.csrf_token, g.once_kept = TOKEN, ONCE
    try:
        yield
    finally:
        for name, value in own.items():
            g.pop(name)
            if value is not None:
                setattr(g, name, value)


def _filled(pieces: list[Piece]) -> Markup:
    said = "".join(one if isinstance(one, str) else one() for one in pieces)
    return Markup(said)  # noqa: S704 (written by our own templates)


def _address() -> str:
    return escape(request.full_path)


HOLES: Mapping[str, Piece] = {
    TOKEN: generate_csrf,
    ONCE: once_key,
    ADDRESS: _address,
}
