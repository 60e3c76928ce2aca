"""HTML of a mail as plain text: what a reader would see of it, and where its links lead."""

from __future__ import annotations

import re
from html import unescape

from inscriptis.css_profiles import STRICT_CSS_PROFILE
from inscriptis.html_engine import Inscriptis
from inscriptis.model.config import ParserConfig
from lxml import html as lxml_html
from lxml.html import HtmlElement

LONGEST_HTML = 200_000
LONGEST_RAW_HTML = 4_000_000
LONGEST_LINK = 200
MOST_LINKS = 100
DEEPEST = 200
UNSEEN = ("script", "style", "head", "template", "noscript", "object", "svg", "title")
HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0",
    re.IGNORECASE,
)
LINES = {
    "table": "div",
    "tr": "div",
    "ul": "div",
    "ol": "div",
    "dl": "div",
    "dt": "div",
    "dd": "div",
}
"""Layout of tables and lists is left out: padded to the widest cell, a small mail becomes megabytes
of blanks.
"""

BROKEN_XML = re.compile(r"^\s*<\?xml[^>]*>")
TAG = re.compile(r"<[^<>]*>")
SCRIPTS = re.compile(r"<(script|style)\b.*?(</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
COMMENTS = re.compile(r"<!--.*?(-->|\Z)", re.DOTALL)
PICTURES = re.compile(r"data:[^\"'\s>]{200,}")
HALF_A_TAG = re.compile(r"<[^<>]*\Z")
CONFIG = ParserConfig(css={**STRICT_CSS_PROFILE, "q": STRICT_CSS_PROFILE["div"]})


def plain_of_html(html: str) -> str:
    """Return what a reader would see of HTML: no markup, nothing hidden; links with where they
    lead.

    Never raises.
    """
    html = html[:LONGEST_RAW_HTML].replace("\0", "")
    try:
        found = _rendered(without_ballast(html)[:LONGEST_HTML])
    except Exception:  # noqa: BLE001 (strangers write this; whatever the libraries raise, the words are still taken)
        found = ""
    return _tidy(found) or _stripped(html[:LONGEST_HTML])


def without_ballast(html: str) -> str:
    """Return HTML without styles, comments and pictures written into it: they make most of its
    length.
    """
    return PICTURES.sub("", COMMENTS.sub("", SCRIPTS.sub("", html)))


def _rendered(html: str) -> str:
    parser = lxml_html.HTMLParser(
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,
        encoding="utf-8",
    )
    content = BROKEN_XML.sub("", html).encode("utf-8", "replace")
    tree = lxml_html.document_fromstring(content, parser=parser)
    if _depth(tree) > DEEPEST:
        return ""
    _seen_only(tree)
    _links_said(tree)
    _laid_out(tree)
    text: str = Inscriptis(tree, CONFIG).get_text()
    return text


def _depth(tree: HtmlElement) -> int:
    depth, deepest = 0, 0
    walk = lxml_html.etree.iterwalk(tree, events=("start", "end"))
    for event, _ in walk:
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
        if deepest > DEEPEST:
            break
    return deepest


def _seen_only(tree: HtmlElement) -> None:
    for element in [*tree.iter(*UNSEEN)]:
        if element.getparent() is not None:
            element.drop_tree()
    for element in [*tree.iterdescendants()]:
        if element.get("hidden") is not None or HIDDEN.search(
            element.get("style", "")[:1000]
        ):
            element.drop_tree()


def _links_said(tree: HtmlElement) -> None:
    """Write behind a link where it leads, unless its words say that already."""
    for link in [*tree.iter("a")][:MOST_LINKS]:
        target = link.get("href", "").strip()[:LONGEST_LINK]
        words = (link.text_content() or "").strip()
        if (
            target
            and target.partition(":")[2].strip("/") not in words
            and not target.startswith("#")
        ):
            last = link[-1] if len(link) else None
            said = f" <{target}>"
            if last is None:
                link.text = (link.text or "") + said
            else:
                last.tail = (last.tail or "") + said


def _laid_out(tree: HtmlElement) -> None:
    for element in tree.iter(lxml_html.etree.Element):
        element.attrib.clear()
        if element.tag in ("td", "th"):
            element.tag = "span"
            element.tail = "  " + (element.tail or "")
        elif element.tag == "li":
            element.tag = "div"
            element.text = "* " + (element.text or "").lstrip()
        else:
            element.tag = LINES.get(element.tag, element.tag)


def _stripped(html: str) -> str:
    """Take out what stands in angle brackets, for HTML that no reader can make sense of."""
    words = TAG.sub(" ", HALF_A_TAG.sub("", SCRIPTS.sub(" ", html)))
    lines = (" ".join(line.split()) for line in unescape(words).splitlines())
    return _tidy("\n".join(lines))


def _tidy(text: str) -> str:
    lines = "\n".join(line.strip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip()
