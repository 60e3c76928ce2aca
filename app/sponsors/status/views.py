"""The page of the status, for who signs in and behind a link."""

from __future__ import annotations

from typing import Any

from flask import Response

from app.auth import public, requires
from app.core.htmx import answer
from app.core.parts import parts
from app.sponsors.blueprint import bp
from app.sponsors.links.queries import link_behind
from app.sponsors.status.queries import status_of

GONE = 410


@bp.get("/status")
@requires("read")
def status() -> Response:
    """Show how all of it stands, in one sentence and a few figures."""
    with parts().database.read() as session:
        found = status_of(session, parts().now())
    return answer("sponsors/status/status.html", "body", shown=found, line=None)


@bp.get("/s/<string:token>")
@public
def status_shared(token: str) -> Response:
    """Show somebody without an account how things stand; looking changes nothing."""
    return _shown(token)


def _shown(token: str) -> Response:
    here = parts()
    with here.database.read() as session:
        line = link_behind(session, here.settings.secret_key, token, here.now())
        about: Any = line.link.improvement_id
        found = status_of(session, here.now(), about) if line.opens else None
    if found is None:
        page = "sponsors/status/ended.html"
        return _private(answer(page, "body", status=GONE, line=line))
    page = "sponsors/status/status.html"
    return _private(answer(page, "body", shown=found, line=line, token=token))


def _private(shown: Response) -> Response:
    shown.headers["X-Robots-Tag"] = "noindex, nofollow"
    return shown
