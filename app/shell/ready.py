"""What pages ask for a hundred times, made once: texts, and addresses of simple routes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from flask import has_request_context, request, url_for
from flask_babel import get_translations
from markupsafe import Markup, escape

from app.core.said import word
from app.core.web.finished import finished

SAMPLE = 987654321
"""Stands for the number while an address is made ready."""
SIMPLE = (int, str, type(None))
MOST_WRITTEN = 1000


def text(said: str, /, **values: Any) -> Markup:
    """Return a text in the reader's language with its values, as Jinja's own gettext does."""
    kept = finished()
    found = kept.get(said)
    if found is None:
        form = Markup(get_translations().ugettext(said))  # noqa: S704 (ours, not typed by anybody)
        found = kept[said] = (form, _filled(form, {}) if not values else None)
    form, whole = found
    if values or whole is None:
        return _filled(form, values)
    return whole


def _filled(form: Markup, values: Mapping[str, Any]) -> Markup:
    # As Markup's own "%", which wraps each value in an object that is asked three times.
    safe = {
        name: value if type(value) in (int, float) else escape(word(value))
        for name, value in values.items()
    }
    return Markup(str.__mod__(form, safe))  # noqa: S704 (its values are escaped)


class ReadyAddresses:
    """``url_for`` for templates: a route without a value or with one number is written once, and
    others are kept while they are asked for again and again.
    """

    def __init__(self) -> None:
        self._ready: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._written = lru_cache(MOST_WRITTEN, typed=True)(_written)

    def __call__(self, endpoint: str, /, **values: Any) -> str:
        """Return the address, exactly as ``url_for`` does."""
        if endpoint[:1] == "." or not has_request_context():
            return url_for(endpoint, **values)
        for name, value in values.items():
            if name[0] == "_" or type(value) not in SIMPLE:
                return url_for(endpoint, **values)
        root = request.script_root
        if len(values) > 1 or not all(type(one) is int for one in values.values()):
            return self._written(root, endpoint, *values, *values.values())
        return self._with_number(root, endpoint, values)

    def _with_number(self, root: str, endpoint: str, values: Mapping[str, Any]) -> str:
        key = (root, endpoint, *values)
        ready = self._ready.get(key)
        if ready is None:
            numbers: dict[str, Any] = dict.fromkeys(values, SAMPLE)
            sample = url_for(endpoint, **numbers)
            ready = self._ready[key] = tuple(sample.split(str(SAMPLE)))
        if len(ready) != len(values) + 1 or min(values.values(), default=0) < 0:
            return url_for(endpoint, **values)
        return str(*values.values()).join(ready) if values else ready[0]


def _written(_root: str, endpoint: str, *pairs: Any) -> str:
    half = len(pairs) // 2
    return url_for(endpoint, **dict(zip(pairs[:half], pairs[half:], strict=True)))
