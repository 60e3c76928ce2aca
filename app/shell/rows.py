"""Rows of long lists: each written once, and kept as long as it reads the same."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import partial

from flask import request
from flask_babel import get_locale, get_timezone
from jinja2 import Environment
from markupsafe import Markup

from app.core.kept import KeptValues
from app.shell.assets import asset
from app.shell.marks import filled_alike, marked

MOST = 1000
"""How many rows a process keeps, a thousand signs each."""


class KeptRows:
    """Writes rows with the macro ``row`` of a template, which sees nothing but the row.

    So a row that equals one that was written before for the same language and zone reads the same.
    No row may ask who looks: permissions are for what stands around it.
    """

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._kept = KeptValues(MOST)

    def __call__(self, template: str, rows: Iterable[Hashable]) -> Markup:
        """Return the rows, with the token and the key of this page in their forms."""
        reader = (template, request.script_root, str(get_locale()), str(get_timezone()))
        write, stamp = self._macro(template), asset("icons.svg")
        with marked():
            html = [
                self._kept.get((reader, row), stamp, partial(write, row))
                for row in rows
            ]
        return filled_alike("".join(html))

    def written(self, template: str, rows: Iterable[Hashable]) -> Markup:
        """Return the same rows, written for this page alone."""
        with marked():
            html = [self._macro(template)(row) for row in rows]
        return filled_alike("".join(html))

    def _macro(self, template: str) -> Callable[[Hashable], str]:
        module = self._environment.get_template(template).module
        macro: Callable[[Hashable], str] = module.row  # type: ignore[attr-defined]
        return macro
