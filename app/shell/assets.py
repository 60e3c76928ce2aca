"""What a browser loads beside a page: one style sheet, one script, one file of icons; compressed
once.
"""

from __future__ import annotations

import gzip
import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from flask import Blueprint, Response, request, url_for

from app.auth import public
from app.core.settings import PROJECT

bp = Blueprint("assets", __name__)
STATIC = PROJECT / "static"
SHEETS = (
    "tokens base layout rail tabs parts forms states lists tables listing charts access board "
    "improvement values iteration stakeholders catalog scripts "
    "today status desk incident clocks intake inform knowledge requester find sending help print"
)
"""The style sheets in the order in which later ones win."""


@dataclass(frozen=True, slots=True)
class Built:
    """A file put together from others: as it is, compressed, its type, and a fingerprint of its
    content.
    """

    body: bytes
    zipped: bytes
    type: str
    mark: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """Which files below ``static`` make one, in order, and what it is to a browser."""

    parts: tuple[str, ...]
    type: str


RECIPES: Mapping[str, Recipe] = {
    "rung.css": Recipe(
        tuple(f"css/{name}.css" for name in SHEETS.split()), "text/css; charset=utf-8"
    ),
    "rung.js": Recipe(
        (
            "vendor/htmx-4.0.1/htmx.min.js",
            "js/app.js",
            "js/sending.js",
            "js/drafts.js",
            "js/desk.js",
            "js/find.js",
            "js/pick.js",
            "js/waiting.js",
        ),
        "text/javascript; charset=utf-8",
    ),
    "icons.svg": Recipe(("vendor/lucide-1.62.0/sprite.svg",), "image/svg+xml"),
}


@bp.get("/assets/<any('rung.css', 'rung.js', 'icons.svg'):name>")
@public
def built(name: str) -> Response:
    """Return a built file, compressed where the browser understands that."""
    file = built_file(name)
    zipped = request.accept_encodings["gzip"] > 0
    response = Response(file.zipped if zipped else file.body, content_type=file.type)
    response.headers["Vary"] = "Accept-Encoding"
    if zipped:
        response.headers["Content-Encoding"] = "gzip"
    return response


def asset(name: str) -> str:
    """Return the address of a built or static file with its fingerprint, so that browsers may keep
    it for ever.
    """
    # The files are looked at once a second: a page asks for the file of icons at every icon.
    return _address_at(request.script_root, name, int(time.monotonic()))


@lru_cache(64)
def _address_at(_root: str, name: str, _second: int) -> str:
    return _address(name)


def _address(name: str) -> str:
    if name in RECIPES:
        return url_for("assets.built", name=name, v=built_file(name).mark)
    path = STATIC / name
    return url_for(
        "static", filename=name, v=_fingerprint(path, path.stat().st_mtime_ns)
    )


def built_file(name: str) -> Built:
    """Return a built file; it is built anew when one of its parts was changed."""
    paths = tuple(STATIC / part for part in RECIPES[name].parts)
    return _build(name, tuple(path.stat().st_mtime_ns for path in paths))


@cache
def _build(name: str, _changed: tuple[int, ...]) -> Built:
    recipe = RECIPES[name]
    body = b"\n".join((STATIC / part).read_bytes() for part in recipe.parts)
    return Built(body, gzip.compress(body, 9, mtime=0), recipe.type, _mark(body))


@cache
def _fingerprint(path: Path, _changed: int) -> str:
    return _mark(path.read_bytes())


def _mark(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:10]
