"""The documentation that comes with this version, read once and rendered when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from markdown import Markdown
from markupsafe import Markup

from app.core.errors import NotFound
from app.core.said import said
from app.core.settings import PROJECT
from app.shell.help.rules import Chapter, chapter_of, relinked, terms_of, with_captions

DOCS = PROJECT / "docs"
PARTS = ("how-to", "explanation", "reference")
GLOSSARY, FIRST = "reference/words", "tutorial"
EXTENSIONS = ("tables", "fenced_code", "toc", "sane_lists")


@cache
def chapters() -> Mapping[str, Chapter]:
    """Return the chapters by their path, in the order of their parts and names."""
    files = [
        DOCS / f"{FIRST}.md",
        *(file for part in PARTS for file in sorted((DOCS / part).glob("*.md"))),
    ]
    paths = {
        file.relative_to(DOCS).with_suffix("").as_posix(): file
        for file in files
        if file.is_file()
    }
    return {
        path: chapter_of(path, file.read_text(encoding="utf-8"))
        for path, file in paths.items()
    }


@cache
def rendered(path: str, base: str) -> Markup:
    """Return a chapter as HTML. Raises ``NotFound``.

    The files come with the program and are not written by anybody who uses it; markup in them is
    shown as text all the same.
    """
    found = chapters().get(path)
    if found is None:
        raise NotFound(said("There is no such chapter."))
    html = html_of(found.text)
    return Markup(with_captions(relinked(html, path, chapters(), base)))  # noqa: S704 (our own files)


def html_of(text: str) -> str:
    """Return Markdown as HTML; tags written in it are not taken as tags."""
    reader = Markdown(extensions=list(EXTENSIONS))
    reader.preprocessors.deregister("html_block")
    reader.inlinePatterns.deregister("html")
    return str(reader.convert(text))


@cache
def terms() -> Mapping[str, str]:
    """Return the words of the glossary with their meaning."""
    found = chapters().get(GLOSSARY)
    return terms_of(found.text) if found else {}
