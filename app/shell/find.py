"""Find anything: one search over all rooms, as a page and as the palette, and the menu of what can
be made. Nobody learns of a row, nor of how many there are, whose page he may not open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from flask import (
    Blueprint,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.auth import signed_in_only
from app.core.errors import Forbidden, NotFound
from app.core.figures import figure
from app.core.finding import (
    KEY,
    MOST_COUNTED,
    SHOWN,
    Deed,
    Findable,
    Finder,
    Hit,
    Hits,
    Place,
    Question,
    fits,
    pieces,
)
from app.core.htmx import answer, wants_fragment
from app.core.parts import parts
from app.core.web.picking import finder_of
from app.shell.guard import may

bp = Blueprint("find", __name__)
LONGEST_SECOND = 160
Pieces = list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class FoundLink:
    """One line of what was found, in pieces of which those asked for are marked."""

    url: str
    name: Pieces
    second: Pieces
    icon: str
    exact: bool = False
    danger: bool = False


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """What was found of one kind; ``rest`` says how many there are and ``rows`` is their list."""

    key: str
    label: str
    links: tuple[FoundLink, ...]
    rest: str = ""
    rows: str = ""


@bp.get("/find")
@signed_in_only
def index() -> Response:
    """Find incidents, people, services, rights, roles, improvements, articles, pages and deeds.

    Somebody who asked for just one thing, and is done with typing, goes there.
    """
    asked = Question.of(request.args.get("q", ""))
    groups = groups_for(asked)
    if wants_fragment():
        return make_response(
            render_template("find/_options.html", **_shown(asked, groups))
        )
    exact = [link for group in groups for link in group.links if link.exact]
    if len(exact) == 1:
        return redirect(exact[0].url, 303)
    return answer("find/index.html", "body", **_shown(asked, groups))


@bp.get("/find/<string:kind>")
@signed_in_only
def picks(kind: str) -> Response:
    """Offer what may be meant in a field in which something is chosen."""
    finder = finder_of(kind)
    if finder is None:
        raise NotFound(_("Nothing of that kind is found here."))
    if not any(may(page) for page in (finder.page, *finder.picks)):
        raise Forbidden(_("You may not choose among these."))
    asked = Question.of(request.args.get("q", ""))
    if not wants_fragment():
        return redirect(url_for("find.index", q=asked.text), 303)
    with parts().database.read() as session:
        found = finder.find(session, asked) if asked.words else Hits()
    lines = [(hit, pieces(hit.name, asked.words)) for hit in found.shown]
    more = found.total - len(lines)
    return make_response(render_template("find/_picks.html", lines=lines, more=more))


@bp.get("/new")
@signed_in_only
def new() -> Response:
    """List what can be made."""
    return answer("find/new.html", "list", deeds=new_deeds())


def new_deeds() -> list[Deed]:
    """Return what this operator can make, what is made most first."""
    made = [deed for deed in _findable().deeds if deed.new and _may_begin(deed)]
    return sorted(made, key=lambda deed: deed.new)


def groups_for(asked: Question) -> list[FoundGroup]:
    """Return what was found by kind; for nothing asked the deeds alone."""
    found: list[FoundGroup] = []
    if asked.words:
        with parts().database.read() as session:
            for finder in _findable().finders:
                if may(finder.page):
                    found.append(_group(session, finder, asked))
        found.append(_places(asked))
    return [group for group in (*found, _deeds(asked)) if group.links]


def _shown(asked: Question, groups: Sequence[FoundGroup]) -> dict[str, Any]:
    count = sum(len(group.links) for group in groups)
    return {"asked": asked, "groups": groups, "count": count}


def _group(session: Session, finder: Finder, asked: Question) -> FoundGroup:
    found = finder.find(session, asked)
    links = tuple(_link(finder, hit, asked) for hit in found.shown)
    if found.total <= len(links) or not may(finder.rows):
        return FoundGroup(finder.key, str(finder.label), links)
    number = figure(found.total) + ("+" if found.total >= MOST_COUNTED else "")
    words: dict[str, Any] = {finder.asks: asked.text}
    rows = url_for(finder.rows, **words)
    rest = _("all %(number)s", number=number)
    return FoundGroup(finder.key, str(finder.label), links, rest, rows)


def _link(finder: Finder, hit: Hit, asked: Question) -> FoundLink:
    second = " ".join(hit.second[:LONGEST_SECOND].split())
    number: dict[str, Any] = {finder.part: hit.number}
    return FoundLink(
        url_for(finder.page, **number),
        pieces(hit.name, asked.words),
        pieces(second, asked.words),
        finder.icon,
        hit.exact,
    )


def _places(asked: Question) -> FoundGroup:
    there = (
        place
        for place in _findable().places
        if fits(asked, place.label, place.words) and may(place.endpoint)
    )
    links = tuple(_link_of(place, asked, "file-text") for place in there)
    return FoundGroup("pages", _("Pages"), links[:SHOWN])


def _deeds(asked: Question) -> FoundGroup:
    there = (
        deed
        for deed in _findable().deeds
        if fits(asked, deed.label, deed.words) and _may_begin(deed)
    )
    links = tuple(
        _link_of(deed, asked, deed.icon, danger=deed.danger) for deed in there
    )
    return FoundGroup("deeds", _("Do"), links[:SHOWN] if asked.words else links)


def _link_of(
    one: Place | Deed, asked: Question, icon: str, *, danger: bool = False
) -> FoundLink:
    label = str(one.label)
    exact = asked.is_name(label)
    return FoundLink(
        url_for(one.endpoint), pieces(label, asked.words), [], icon, exact, danger
    )


def _may_begin(deed: Deed) -> bool:
    return may(deed.endpoint) and (not deed.needs or may(deed.needs))


def _findable() -> Findable:
    return cast(Findable, current_app.extensions[KEY])
