"""What became new in what a page shows: it is counted, and nothing moves until somebody asks.

The page asks from time to time, with marks of what it shows. While nothing was done anywhere the
answer is empty and costs one small question; after half an hour without news the page stops asking.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from app.core.htmx import wants_fragment
from app.core.parts import parts
from app.core.texts import row_number
from app.core.unchanged import last_change
from app.core.web.paging import this_page, with_question

SEEN, KNOWN = "seen", "known"
ASKS = (SEEN, KNOWN)
"""What the page says when it asks: the marks of what it shows; and in one word how far the audit
trail was, since when nothing is new, and the news it knows of."""
LOOK, PATIENCE = 15, 1800
"""Seconds between two looks, and how long a page goes on looking without any news."""

View = Callable[..., AnyResponse]


@dataclass(frozen=True, slots=True)
class News:
    """How many things came, changed and went since the page was shown."""

    came: int = 0
    changed: int = 0
    gone: int = 0

    @property
    def any(self) -> bool:
        """Tell whether anything is new."""
        return bool(self.came or self.changed or self.gone)

    @property
    def key(self) -> str:
        """Return it as one word for an address."""
        return f"{self.came}.{self.changed}.{self.gone}"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows, by marks that change with what they stand for.

    ``address`` is the page, unless it is the one that is asked for. ``whole``: all there is is
    shown, so what is missing later has gone. ``alone``: the page is about one thing.
    """

    id: str
    marks: Mapping[Any, object]
    address: str = ""
    whole: bool = True
    alone: bool = False

    @property
    def seen(self) -> str:
        """Return the marks as one word for an address."""
        return " ".join(f"{row}.{mark}" for row, mark in _short(self.marks).items())

    @property
    def news(self) -> News:
        """Return what is new since the page that asks was shown."""
        if not by_itself():
            return News()
        asked = request.args.get(SEEN, "")
        before = dict(part.partition(".")[::2] for part in asked.split())
        now = _short(self.marks)
        changed = [row for row in before.keys() & now.keys() if before[row] != now[row]]
        gone = len(before.keys() - now.keys()) if self.whole else 0
        return News(len(now.keys() - before.keys()), len(changed), gone)

    @property
    def tired(self) -> bool:
        """Tell whether the page has looked for long enough."""
        return _known().long_ago and self.news.key == _known().told

    @property
    def poll(self) -> str:
        """Return the address at which the page asks next."""
        seen, told = self.seen, self.news.key
        if by_itself():
            seen = request.args.get(SEEN, "")
        before = _known()
        since = before.since if told == before.told else 0
        known = f"{trail_now()}-{since or _now()}-{told}"
        return self._page(keep=None, seen=seen, known=known)

    @property
    def page(self) -> str:
        """Return the address that shows what is new."""
        return self._page(keep=None, **dict.fromkeys(ASKS))

    def _page(self, **changes: object) -> str:
        if self.address:
            return with_question(self.address, **changes)
        return this_page(**changes)


def by_itself() -> bool:
    """Tell whether a page asks, without anybody at the keyboard, what is new."""
    return any(name in request.args for name in ASKS)


def asks_for_news() -> bool:
    """Tell whether only that is to be answered."""
    return by_itself() and wants_fragment()


def live(view: View) -> View:
    """Answer a page that asks what is new with nothing, while nothing was done anywhere.

    Not for what changes by the clock alone.
    """

    @wraps(view)
    def opened(**of: Any) -> AnyResponse:
        known = _known()
        still = asks_for_news() and known.trail == trail_now()
        return _nothing() if still and not known.long_ago else view(**of)

    return opened


def news_answer(shown: Shown, *, by_clock: bool = False) -> Response:
    """Answer a page that asks what is new in what it shows; with it comes the number in the rail.

    What changes ``by_clock`` has to be looked at each time, and need not know of the trail.
    """
    known = _known()
    still = by_clock or known.trail == trail_now()
    if still and known.told == shown.news.key and not known.long_ago:
        return _nothing()
    return make_response(render_template("_news.html", shown=shown))


def trail_now() -> str:
    """Return a word that is another one after anything was done."""
    with parts().database.read() as session:
        return last_change(session)[:12]


def _nothing() -> Response:
    return Response(status=204)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the page that asks knew."""

    trail: str
    since: int
    told: str

    @property
    def long_ago(self) -> bool:
        return bool(self.since) and _now() - self.since > PATIENCE


def _known() -> _Known:
    trail, _, more = request.args.get(KNOWN, "").partition("-")
    since, _, told = more.partition("-")
    return _Known(trail, row_number(since) or 0, told or News().key)


def _now() -> int:
    return int(parts().now().timestamp())


def _short(marks: Mapping[Any, object]) -> dict[str, str]:
    return {str(row): f"{_sum(mark) & 0xFFFF:04x}" for row, mark in marks.items()}


def short_key(text: str) -> str:
    """Return a short word for a long key, as rows have numbers."""
    return f"{_sum(text):08x}"


def _sum(mark: object) -> int:
    return zlib.crc32(repr(mark).encode())
