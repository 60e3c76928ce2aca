"""What was said in a language, kept with its translations: another language has its own."""

from __future__ import annotations

from typing import Any, cast

from flask import g
from flask_babel import get_locale, get_translations


def finished() -> dict[Any, Any]:
    """Return what is kept for the language of this page, to be read and added to."""
    # The language is asked for once a request, unless it is changed meanwhile.
    here = g._get_current_object()  # each look through the proxy asks the request anew
    language = here.get("finished_language")
    spoken = here.get("_flask_babel")
    if language is None or spoken is None or spoken.babel_locale is not language:
        kept = get_translations().__dict__.setdefault("finished", {})
        here.finished_language, here.finished = get_locale(), kept
    return cast("dict[Any, Any]", here.finished)
