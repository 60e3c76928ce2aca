"""What pages ask for a hundred times, made once: texts, and addresses of simple routes."""

from __future__ import annotations

from typing import Any, cast

from flask import g, has_request_context, request, url_for
from flask_babel import get_locale, get_translations
from markupsafe import Markup

Finished = dict[str, tuple[Markup, Markup | None]]
SAMPLE = 987654321
"""Stands for the number while an address is made ready."""


def text(said: str, /, **values: Any) -> Markup:
    """Return a text in the reader's language with its values, as Jinja's own gettext does."""
    finished = _finished()
    found = finished.get(said)
    if found is None:
        form = Markup(get_translations().ugettext(said))  # noqa: S704 (ours, not typed by anybody)
        found = finished[said] = (form, form % {} if not values else None)
    form, whole = found
    if values or whole is None:
        return form % values
    return whole


def _finished() -> Finished:
    # Kept with the language's own texts: another language has its own. The language is
    # asked for once a request, unless it is changed meanwhile.
    here = g._get_current_object()  # each look through the proxy asks the request anew
    language = here.get("finished_language")
    spoken = here.get("_flask_babel")
    if language is None or spoken is None or spoken.babel_locale is not language:
        kept = get_translations().__dict__.setdefault("finished_texts", {})
        here.finished_language, here.finished_texts = get_locale(), kept
    return cast("Finished", here.finished_texts)


class ReadyAddresses:
    """``url_for`` for templates: a route without a value or with one number is written once."""

    def __init__(self) -> None:
        self._ready: dict[tuple[str, ...], tuple[str, ...]] = {}

    def __call__(self, endpoint: str, /, **values: Any) -> str:
        """Return the address, exactly as ``url_for`` does."""
        simple = len(values) < 2 and endpoint[:1] != "." and has_request_context()
        for name, value in values.items():
            simple = simple and type(value) is int and value >= 0 and name[0] != "_"
        if not simple:
            return url_for(endpoint, **values)
        key = (request.script_root, endpoint, *values)
        ready = self._ready.get(key)
        if ready is None:
            numbers: dict[str, Any] = dict.fromkeys(values, SAMPLE)
            sample = url_for(endpoint, **numbers)
            ready = self._ready[key] = tuple(sample.split(str(SAMPLE)))
        if len(ready) != len(values) + 1:
            return url_for(endpoint, **values)
        return str(*values.values()).join(ready) if values else ready[0]
