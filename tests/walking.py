"""From link to link through the pages of a company."""

from __future__ import annotations

from collections.abc import Iterator

from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, RequestRedirect

from tests.html import Node, parse
from tests.pages import Pages


def walked(pages: Pages) -> Iterator[tuple[str, Node]]:
    """Yield one page of each kind that links lead to from the first page on, with its address."""
    adapter = pages.app.url_map.bind("localhost")
    waiting, seen = ["/"], set()
    while waiting:
        path = waiting.pop(0)
        answer = pages.client.get(path, follow_redirects=True)
        if answer.mimetype != "text/html":
            continue
        root = parse(answer.text)[0]
        yield path, root
        for link in root.all("a"):
            href = link.attrs.get("href", "").partition("#")[0]
            kind = _kind_of(adapter, href)
            if kind and kind not in seen:
                seen.add(kind)
                waiting.append(href)


def _kind_of(adapter: MapAdapter, href: str) -> str:
    if not href.startswith("/"):
        return ""
    try:
        return str(adapter.match(href.partition("?")[0])[0])
    except (HTTPException, RequestRedirect):
        return ""
