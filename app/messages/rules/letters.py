"""A text as the HTML part of a mail: a reader sees the same, with lists and links; no script,
nothing fetched from anywhere.
"""

from __future__ import annotations

import re
from html import escape
from itertools import groupby

LARGEST_HTML = 50_000
"""Bytes; what is larger goes as text alone, since mail programs cut it off."""

LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)]")
MARK = "- "
LADDER = re.compile("[●◐○]{2,12}")
SIGNS = {"●": 'fill="#1f2933"', "◐": 'fill="#b4530a"', "○": 'fill="none"'}
"""How a rung of a ladder is drawn: done, running, to come."""
PAGE = (
    '<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"></head>\n'
    '<body style="font:16px/1.5 sans-serif;max-width:40em">\n{body}\n</body></html>\n'
)


def written_as_html(text: str, language: str) -> str:
    """Return a text as a page of HTML in its language, or nothing where that grew too large.

    Empty lines part paragraphs, lines that begin with a dash are a list, the line before a list is
    its heading, addresses are links.
    """
    parts = [_paragraph(one) for one in re.split(r"\n\s*\n", text.strip())]
    page = PAGE.format(language=escape(language), body="\n".join(parts))
    return page if len(page.encode()) <= LARGEST_HTML else ""


def _paragraph(text: str) -> str:
    runs = groupby(text.splitlines(), lambda line: line.startswith(MARK))
    told = [
        (is_list, [_linked(line.removeprefix(MARK)) for line in lines])
        for is_list, lines in runs
    ]
    is_headed = not told[0][0] and len(told) > 1
    return "\n".join(
        _list(lines) if is_list else _prose(lines, strong=is_headed and not number)
        for number, (is_list, lines) in enumerate(told)
    )


def _list(lines: list[str]) -> str:
    return "\n".join(["<ul>", *(f"<li>{line}</li>" for line in lines), "</ul>"])


def _prose(lines: list[str], *, strong: bool) -> str:
    told = "<br>\n".join(lines)
    return f"<p><strong>{told}</strong></p>" if strong else f"<p>{told}</p>"


def _linked(line: str) -> str:
    told, at = [], 0
    for found in LINK.finditer(line):
        address = escape(found[0])
        told += [escape(line[at : found.start()]), f'<a href="{address}">{address}</a>']
        at = found.end()
    return LADDER.sub(_drawn, "".join([*told, escape(line[at:])]))


def _drawn(ladder: re.Match[str]) -> str:
    """Return a ladder that stands in a text as a drawing, with its signs as what is read aloud."""
    signs = ladder[0]
    rungs = "".join(
        f'<circle cx="{8 + 14 * place}" cy="8" r="5" stroke="#1f2933" {SIGNS[sign]}/>'
        for place, sign in enumerate(signs)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{14 * len(signs) + 2}" height="16" '
        f'role="img" aria-label="{signs}">{rungs}</svg>'
    )
