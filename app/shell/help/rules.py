"""The documentation as chapters: what they are called, what is in them, and where words stand."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

LINK = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
IMAGE = re.compile(r'(<img alt="[^"]*" src=")([^"]*)(")')
HEADING = re.compile(r"^#{1,3} +(.+)$", re.MULTILINE)
TERM = re.compile(r"^\| ([a-z][a-z -]*) \| (.+?) \|$", re.MULTILINE)
SCHEMES = ("http", "https", "mailto")
AROUND = 90
"""Characters shown on each side of what was searched."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One page of the documentation; ``path`` is like ``how-to/inform``."""

    path: str
    title: str
    text: str

    @property
    def part(self) -> str:
        """Return the part it belongs to: its folder, or nothing."""
        return posixpath.dirname(self.path)


@dataclass(frozen=True, slots=True)
class HelpFound:
    """A chapter in which words stand, with the heading above the first place and what is there."""

    chapter: Chapter
    heading: str
    excerpt: str


def chapter_of(path: str, text: str) -> Chapter:
    """Make a chapter of a file: its first heading is its title."""
    found = HEADING.search(text)
    return Chapter(path, found[1].replace("`", "") if found else path, text)


def search(chapters: Iterable[Chapter], words: str) -> list[HelpFound]:
    """Return the chapters in which all words stand, those that name them in their title first."""
    wanted = [word for word in words.lower().split()[:6] if word]
    if not wanted:
        return []
    found = [
        one for one in chapters if all(word in one.text.lower() for word in wanted)
    ]
    found.sort(key=lambda one: not any(word in one.title.lower() for word in wanted))
    return [_excerpt(one, wanted[0]) for one in found]


def terms_of(text: str) -> Mapping[str, str]:
    """Return the words of the glossary with their meaning."""
    return {word: means for word, means in TERM.findall(text) if word != "word"}


def relinked(html: str, path: str, known: Iterable[str], base: str) -> str:
    """Let links between chapters lead to their pages here; one that leads to no chapter becomes
    plain text, and pictures come from here.
    """
    paths = set(known)
    here = posixpath.dirname(path)

    def link(found: re.Match[str]) -> str:
        target = urlsplit(found[1])
        if target.scheme in SCHEMES or found[1].startswith("#"):
            return found[0]
        wanted = posixpath.normpath(posixpath.join(here, target.path))
        if wanted.removesuffix(".md") not in paths:
            return found[2]
        anchor = f"#{target.fragment}" if target.fragment else ""
        return f'<a href="{base}/{wanted.removesuffix(".md")}{anchor}">{found[2]}</a>'

    def image(found: re.Match[str]) -> str:
        name = posixpath.basename(found[2])
        return f"{found[1]}{base}/images/{name}{found[3]}"

    return IMAGE.sub(image, LINK.sub(link, html))


def with_captions(html: str) -> str:
    """Give every table the heading above it as its caption, and its columns their scope, for those
    who listen to a page; let wide examples be scrolled by key.
    """
    above = ""

    def name(found: re.Match[str]) -> str:
        nonlocal above
        if found[1] is not None:
            above = re.sub(r"<[^>]+>", "", found[1])
            return found[0]
        return f'<table><caption class="hidden">{above}</caption>'

    named = re.sub(r"<h[1-6][^>]*>(.*?)</h[1-6]>|<table>", name, html, flags=re.DOTALL)
    heard = named.replace("<th></th>", "<td></td>").replace("<th>", '<th scope="col">')
    return heard.replace("<pre>", '<pre tabindex="0">')


def _excerpt(chapter: Chapter, word: str) -> HelpFound:
    at = chapter.text.lower().find(word)
    above = [one[1] for one in HEADING.finditer(chapter.text, 0, max(at, 0))]
    start = max(at - AROUND, 0)
    piece = chapter.text[start : at + AROUND].replace("\n", " ")
    plain = re.sub(r"[#*`|]|\[|\]\([^)]*\)?", "", piece).strip()
    heading = above[-1].replace("`", "") if above else ""
    return HelpFound(chapter, heading, f"…{plain}…")
