"""The one list: what narrows it, how it is sorted and paged, that it comes back as it was left, and
what became new in it meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask import Response, make_response, redirect, request, session
from werkzeug.wrappers import Response as AnyResponse

from app.core.htmx import answer, wants_fragment
from app.core.web.news import ASKS, Shown, asks_for_news, by_itself, news_answer
from app.core.web.paging import Paging, this_page

KEEP = "keep"
PASSING = (KEEP, *ASKS, "page")
"""What an address may ask of a list that is not remembered."""
MOST_LISTS, LONGEST_QUESTION = 12, 240
FEW = 12
"""So many choices stand in a drop-down, beside the one that narrows nothing; among more one looks
by typing.
"""

View = Callable[..., AnyResponse]
Option = str | tuple[object, str]


@dataclass(frozen=True, slots=True)
class ListFilter:
    """One thing that narrows a list: words, a day, or one of ``options``.

    ``pick`` is the kind of what is looked for by typing, where the options may be many; ``hint``
    says then what one could not guess.
    """

    name: str
    label: str
    value: object = ""
    options: Sequence[Option] | None = None
    kind: str = "search"
    pick: str = ""
    hint: str = ""

    @property
    def looked_for(self) -> str:
        """Return the kind of what is looked for by typing; nothing for a drop-down."""
        return self.pick if len(self.options or ()) > FEW + 1 else ""

    @property
    def active(self) -> bool:
        """Tell whether it narrows the list now."""
        return self.value not in ("", 0, None, False)

    @property
    def said(self) -> str:
        """Return what is chosen, as it stands on the screen."""
        names = dict(_pair(option) for option in self.options or ())
        return names.get(str(self.value), str(self.value))


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as its page shows it.

    ``marks`` says of each row shown by what its change is seen; with ``changing`` the page asks
    from time to time whether anything did. ``carried`` names what else the address holds on to;
    ``must_ask`` says that it is empty until something is looked for.
    """

    id: str
    filters: Sequence[ListFilter] = ()
    page: Paging = field(default_factory=lambda: Paging(1))
    sort: str = ""
    marks: Mapping[object, object] = field(default_factory=dict)
    changing: bool = False
    carried: Sequence[str] = ("sort",)
    must_ask: bool = False

    @property
    def chosen(self) -> list[ListFilter]:
        """Return the filters that are set."""
        return [each for each in self.filters if each.active]

    @property
    def worth_filtering(self) -> bool:
        """Tell whether there is anything to narrow down."""
        return bool(self.filters and (self.page.total or self.chosen or self.must_ask))

    @property
    def live(self) -> bool:
        """Tell whether only the rows are sent, to a page that stands already."""
        return wants_fragment()

    @property
    def shown(self) -> Shown:
        """Return the rows as they are watched for what is new."""
        return Shown(self.id, self.marks, whole=self.page.pages == 1)

    def without(self, name: str) -> str:
        """Return the address of this list without one of its filters."""
        return this_page(**{name: None, "page": None, KEEP: 1})

    @property
    def cleared(self) -> str:
        """Return the address that takes all filters out, for good."""
        return f"{request.path}?{KEEP}=1"


def remembered(view: View) -> View:
    """Let a list come back as it was left: opened without a question, it is asked what it was asked
    last; what a link from elsewhere asks is not remembered.
    """

    @wraps(view)
    def opened(**of: Any) -> AnyResponse:
        if by_itself() or request.method not in ("GET", "HEAD"):
            return view(**of)
        if wants_fragment():
            _remember(_question())
            answered = make_response(view(**of))
            answered.headers["HX-Replace-Url"] = _address(_question())
            return answered
        if KEEP in request.args:
            _remember(_question())
            return redirect(_address(_question("page")))
        kept = _kept().get(request.path)
        if kept and not request.query_string:
            return redirect(_address(kept))
        return view(**of)

    opened.__dict__["comes_back"] = True
    return opened


def listed(template: str, listing: Listing, **context: Any) -> Response:
    """Answer with the page of a list, with its rows alone, or with what became new in it."""
    if asks_for_news():
        return news_answer(listing.shown)
    return answer(template, "list", list=listing, **context)


def _question(*also: str) -> str:
    left_out = set(PASSING) - set(also)
    asked = request.args.items(multi=True)
    return urlencode(
        [(name, text) for name, text in asked if text and name not in left_out]
    )


def _address(question: str) -> str:
    # Through the parser once more: what is kept comes back from a browser.
    asked = urlencode(parse_qsl(question))
    return f"{request.script_root}{request.path}" + (f"?{asked}" if asked else "")


def _kept() -> dict[str, str]:
    kept: dict[str, str] = session.get("lists", {})
    return kept


def _remember(question: str) -> None:
    others = {path: asked for path, asked in _kept().items() if path != request.path}
    if question and len(question) <= LONGEST_QUESTION:
        others[request.path] = question
    if others != _kept():
        session["lists"] = dict(list(others.items())[-MOST_LISTS:])


def _pair(option: Option) -> tuple[str, str]:
    return (option, option) if isinstance(option, str) else (str(option[0]), option[1])


def with_any(options: Iterable[Option], any_word: str) -> list[Option]:
    """Return the options of a filter, first the one that narrows nothing."""
    return [("", any_word), *options]
