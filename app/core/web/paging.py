"""Pages and sorting of lists, asked for in the address and clamped to what is sensible."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import urlencode

from flask import request, url_for

Row = TypeVar("Row")
SIZE = 50


@dataclass(frozen=True, slots=True)
class Paging:
    """One page of a list: ``number`` counts from 1, ``size`` rows a page, ``total`` rows in all."""

    number: int
    size: int = SIZE
    total: int = 0

    @property
    def offset(self) -> int:
        """Return how many rows stand before this page."""
        return (self.number - 1) * self.size

    @property
    def pages(self) -> int:
        """Return how many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        """Return the number of the first row shown, 0 for none."""
        return min(self.offset + 1, self.total)

    @property
    def last(self) -> int:
        """Return the number of the last row shown."""
        return min(self.offset + self.size, self.total)

    def of(self, total: int) -> Paging:
        """Return this page of a list with ``total`` rows."""
        return replace(self, total=total)


def asked_page(size: int = SIZE) -> Paging:
    """Return the page asked for by ``?page=``; nonsense means the first."""
    number = request.args.get("page", 1, type=int)
    return Paging(min(max(number, 1), 1_000_000), size)


def page_of_rows(rows: Sequence[Row], size: int = SIZE) -> tuple[Paging, Sequence[Row]]:
    """Return the page asked for of rows that are all at hand, and its rows."""
    page = asked_page(size).of(len(rows))
    return page, rows[page.offset : page.offset + page.size]


def asked_sort(allowed: Collection[str], default: str) -> str:
    """Return the sort asked for by ``?sort=``, like ``name`` or ``-name``; anything unknown means
    the default.
    """
    asked = request.args.get("sort", default)
    return asked if asked.removeprefix("-") in allowed else default


def safe_path(path: str | None) -> str:
    """Return ``path`` if it stays on this site, else ``/``; browsers take ``//`` and ``/\\`` for
    other hosts.
    """
    path = path or "/"
    stays = (
        path.startswith("/")
        and not path.startswith(("//", "/\\"))
        and path.isprintable()
    )
    return path if stays else "/"


def this_page(**changes: object) -> str:
    """Return the address of this page with some of its arguments changed; None or "" takes one
    out.
    """
    address = url_for(request.endpoint or "static", **(request.view_args or {}))
    return with_question(address, **changes)


def with_question(address: str, **changes: object) -> str:
    """Return another address that is asked what this page was asked, some of it changed.

    The query is written here and not given to ``url_for``, where a stranger's ``?_scheme=`` or the
    name of a part of the path would mean something.
    """
    values: dict[str, object] = {**request.args.to_dict(flat=False), **changes}
    kept = {
        name: value for name, value in values.items() if value not in (None, "", [""])
    }
    return f"{address}?{urlencode(kept, doseq=True)}" if kept else address
