"""The documentation inside the product: chapters, search within, pictures, words."""

from __future__ import annotations

from flask import Blueprint, Response, request, send_from_directory, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.auth import is_known, signed_in_only
from app.core.htmx import answer
from app.shell.help.chapters import DOCS, PARTS, chapters, rendered, terms
from app.shell.help.rules import search

bp = Blueprint("help", __name__, url_prefix="/help")

CHAPTERS = {
    "sponsors.pulse": "how-to/pulses",
    "sponsors.asked": "how-to/pulses",
    "access.role": "how-to/first-role",
    "access.roles": "how-to/first-role",
    "access": "how-to/move-people",
    "audit": "reference/audit",
    "auth": "reference/permissions",
    "catalog.script": "how-to/influence-scripts",
    "catalog": "how-to/build-the-catalogue",
    "directory.past": "how-to/ask-the-past",
    "directory": "how-to/connect-a-directory",
    "improvements": "how-to/improvements",
    "incidents.inform": "how-to/inform",
    "incidents.message": "how-to/inform",
    "incidents.mail": "how-to/mail",
    "incidents.call": "how-to/connect-the-telephone",
    "incidents": "how-to/work-on-incidents",
    "insight": "explanation/ladder",
    "knowledge": "how-to/work-on-incidents",
    "messages": "how-to/inform",
    "people": "explanation/lenses",
    "today": "tutorial",
    "sponsors.stakeholder": "how-to/people-side",
    "sponsors.status": "how-to/status",
    "sponsors.sponsors_said": "how-to/status",
    "sponsors.value": "how-to/status",
    "upkeep": "how-to/run-in-production",
}
"""Which chapter explains the pages whose endpoint begins so; the longest beginning counts."""


@bp.get("")
@signed_in_only
def index() -> Response:
    """List the chapters, or those in which some words stand."""
    words = request.args.get("q", "").strip()[:200]
    found = search(chapters().values(), words)
    parts = {
        part: [one for one in chapters().values() if one.part == part]
        for part in ("", *PARTS)
    }
    return answer("help/index.html", "found", words=words, found=found, parts=parts)


@bp.get("/<path:path>")
@signed_in_only
def chapter(path: str) -> Response:
    """Show one chapter."""
    html = rendered(path, url_for("help.index"))
    return answer("help/chapter.html", "body", chapter=chapters()[path], html=html)


@bp.get("/images/<path:name>")
@signed_in_only
def image(name: str) -> AnyResponse:
    """Return a picture of the documentation."""
    return send_from_directory(DOCS / "images", name)


def help_page() -> str:
    """Return the address of the chapter about the open page, or nothing."""
    if not is_known():
        return ""
    here = request.endpoint or ""
    fitting = [start for start in CHAPTERS if here.startswith(start)]
    path = CHAPTERS[max(fitting, key=len)] if fitting else ""
    return url_for("help.chapter", path=path) if path in chapters() else ""


def meaning_of(word: str) -> str:
    """Return what a word of the glossary means, also of several such things; or nothing."""
    known, asked = terms(), str(word).lower()
    return known.get(asked) or known.get(asked.removesuffix("s"), "")


bp.record_once(
    lambda state: state.app.jinja_env.globals.update(
        help_page=help_page, meaning_of=meaning_of
    )
)
