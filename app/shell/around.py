"""What stands around every page: written once for all who may do, read and see the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from flask import g, request
from flask_babel import get_locale
from jinja2 import Environment
from markupsafe import Markup

from app.auth import current_operator
from app.core.kept import KeptValues
from app.core.web.words import theme
from app.directory.queries import FreezeNow
from app.shell.assets import asset
from app.shell.marks import ADDRESS, Piece, filled, in_pieces, marked
from app.shell.navigation import numbers, place

MOST = 200
"""How many parts a process keeps, a few thousand signs each."""


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
        return filled(
            self._kept.get(key, asset("icons.svg"), lambda: self._made(template))
        )

    def written(self, template: str) -> Markup:
        """Return the same part, written for this page alone."""
        return filled(self._made(template))

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
        with marked():
            html = self._environment.get_template(template).render(address=ADDRESS)
        return in_pieces(html)


def _reader() -> tuple[Hashable, ...]:
    operator = current_operator()
    if operator is None:
        return (0, "", ())
    return operator.operator_id, operator.name, operator.permissions
