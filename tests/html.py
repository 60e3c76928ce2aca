"""A small HTML tree for tests, and the list of what no page of ours may do."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

VOID = frozenset(
    (
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "wbr",
    )
)
LABELLED = frozenset(("input", "select", "textarea", "meter", "progress"))
NEEDS_NO_LABEL = frozenset(("hidden", "submit", "button", "reset", "image"))
POINTERS = (
    "aria-describedby",
    "aria-labelledby",
    "aria-controls",
    "aria-details",
    "popovertarget",
    "list",
    "for",
)
BY_ITSELF = re.compile(r"\b(every|load|revealed|intersect)\b")


@dataclass(eq=False)
class Node:
    """One element with its attributes, its children and its text."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    parent: Node | None = None
    children: list[Node | str] = field(default_factory=list)

    def walk(self) -> Iterator[Node]:
        """Yield this element and all below it, in document order."""
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def all(self, tag: str = "", **attrs: str) -> list[Node]:
        """Return the elements below with this tag and these attributes (``class_`` holds one of the
        classes).
        """
        return [
            node for node in self.walk() if node is not self and node._fits(tag, attrs)
        ]

    def one(self, tag: str = "", **attrs: str) -> Node:
        """Return the only such element; fails when there are none or several."""
        found = self.all(tag, **attrs)
        assert len(found) == 1, f"{len(found)} elements <{tag}> {attrs}"
        return found[0]

    def above(self, tag: str) -> Node | None:
        """Return the nearest element around this one with this tag."""
        node = self.parent
        while node and node.tag != tag:
            node = node.parent
        return node

    @property
    def text(self) -> str:
        """Return what a reader sees, white space made plain."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            yield (
                child
                if isinstance(child, str)
                else f" {child.text} "
                if child.tag != "script"
                else ""
            )

    def _fits(self, tag: str, attrs: dict[str, str]) -> bool:
        if tag and self.tag != tag:
            return False
        wanted = {
            name.rstrip("_").replace("_", "-"): value for name, value in attrs.items()
        }
        if (
            "class" in wanted
            and wanted.pop("class") not in self.attrs.get("class", "").split()
        ):
            return False
        return all(self.attrs.get(name) == value for name, value in wanted.items())

    def __str__(self) -> str:
        shown = "".join(f' {name}="{value}"' for name, value in self.attrs.items())
        return f"<{self.tag}{shown}>"


BLOCKS = {
    "blockquote",
    "details",
    "div",
    "dl",
    "fieldset",
    "form",
    "hr",
    "ol",
    "p",
    "pre",
}
BLOCKS |= {"section", "table", "ul", "h1", "h2", "h3", "h4"}
"""What cannot stand in a paragraph."""


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.open = Node("#root")
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = Counter(name for name, _ in attrs)
        self.faults += [
            f"<{tag}> has the attribute {name} twice"
            for name, count in names.items()
            if count > 1
        ]
        node = Node(tag, {name: value or "" for name, value in attrs}, self.open)
        self.open.children.append(node)
        if tag not in VOID:
            self.open = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if self.open.tag != tag:
            self.faults.append(f"</{tag}> closes <{self.open.tag}>")
        if self.open.parent:
            self.open = self.open.parent

    def handle_data(self, data: str) -> None:
        self.open.children.append(data)


def parse(html: str) -> tuple[Node, list[str]]:
    """Return the tree of ``html`` and what is wrong with its shape."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    if builder.open is not builder.root:
        builder.faults.append(f"{builder.open} is never closed")
    return builder.root, builder.faults


def faults_of_page(root: Node, html: str) -> list[str]:
    """Return what is wrong with a whole page."""
    found = []
    if not html.lstrip().lower().startswith("<!doctype html>"):
        found.append("no doctype")
    titles = [node.text for node in root.all("title") if node.above("svg") is None]
    if len(titles) != 1 or not titles[0].removesuffix("· Rung").strip():
        found.append(f"the title is {titles}")
    if len(root.all("h1")) != 1:
        found.append(f"{len(root.all('h1'))} h1")
    if len(root.all(role="status")) != 1:
        found.append("not exactly one status line")
    if not all(node.attrs.get("lang") for node in root.all("html")):
        found.append("no language")
    return found + _skipped_headings(root)


def _skipped_headings(root: Node) -> list[str]:
    levels = [
        int(node.tag[1]) for node in root.walk() if re.fullmatch("h[1-6]", node.tag)
    ]
    return [
        f"h{low} is followed by h{high}"
        for low, high in pairwise(levels)
        if high > low + 1
    ]


def faults_of_piece(root: Node) -> list[str]:
    """Return what is wrong with a page or with a fragment of one."""
    nodes = [node for node in root.walk() if node is not root]
    ids = Counter(node.attrs["id"] for node in nodes if "id" in node.attrs)
    found = [
        f"the id {name!r} is there {count} times"
        for name, count in ids.items()
        if count > 1
    ]
    for node in nodes:
        found += [
            f"{node}: {fault}"
            for fault in (
                *_scripted(node),
                *_unnamed(node, root),
                *_form(node),
                *_htmx(node),
            )
        ]
        if node.tag in BLOCKS and node.above("p"):
            found.append(f"{node}: a browser ends the paragraph before it")
        if node.tag == "table" and not node.all("caption"):
            found.append(f"{node}: no caption")
        if node.tag == "th" and "scope" not in node.attrs:
            found.append(f"{node}: no scope")
    return found


def faults_of_pointers(root: Node) -> list[str]:
    """Return attributes of a whole page that point to an id that is not there."""
    ids = {node.attrs["id"] for node in root.walk() if "id" in node.attrs}
    found = []
    for node in root.walk():
        for name in POINTERS:
            missing = [
                target
                for target in node.attrs.get(name, "").split()
                if target not in ids
            ]
            found += [
                f"{node}: {name} points to {target!r}, which is not there"
                for target in missing
            ]
    return found


def _scripted(node: Node) -> Iterator[str]:
    for name, value in node.attrs.items():
        if re.match(r"on[a-z]+$", name) or name.startswith("hx-on"):
            yield f"inline handler {name}"
        if value.strip().lower().startswith(("javascript:", "js:")):
            yield f"script in {name}"
    if "style" in node.attrs or node.tag == "style":
        yield "inline style"
    if node.tag == "script" and (node.text or "src" not in node.attrs):
        yield "inline script"


def _unnamed(node: Node, root: Node) -> Iterator[str]:
    if (
        node.tag in LABELLED
        and node.attrs.get("type", "text") not in NEEDS_NO_LABEL
        and not _has_label(node, root)
    ):
        yield "no label"
    if node.tag in ("a", "button", "summary") and not _name(node):
        yield "no name a screen reader could say"
    if node.tag == "a" and not node.attrs.get("href"):
        yield "a link without address"
    if node.tag == "img" and "alt" not in node.attrs:
        yield "no alt"
    if node.tag == "svg" and node.attrs.get("aria-hidden") != "true":
        titled = node.attrs.get("aria-label") or any(
            child.tag == "title" for child in node.walk()
        )
        if node.attrs.get("role") != "img" or not titled:
            yield "a picture that is neither hidden nor explained"


def _has_label(node: Node, root: Node) -> bool:
    if (
        node.attrs.get("aria-label")
        or node.attrs.get("aria-labelledby")
        or node.above("label")
    ):
        return True
    return "id" in node.attrs and any(
        label.text for label in root.all("label", for_=node.attrs["id"])
    )


def _name(node: Node) -> str:
    named = (
        part.attrs.get("aria-label") or part.attrs.get("alt") or ""
        for part in node.walk()
    )
    return node.text or "".join(named) or node.attrs.get("value", "")


def _form(node: Node) -> Iterator[str]:
    if node.tag != "form":
        return
    method = node.attrs.get("method", "").lower()
    if method not in ("get", "post"):
        yield "no method"
    tokens = [
        field
        for field in node.all("input", name="csrf_token")
        if field.attrs.get("value")
    ]
    if method == "post" and len(tokens) != 1:
        yield f"{len(tokens)} CSRF tokens"
    if method == "get" and tokens:
        yield "a CSRF token in an address"


def _htmx(node: Node) -> Iterator[str]:
    asks = [
        name
        for name in node.attrs
        if re.fullmatch(r"hx-(get|post|put|patch|delete)", name)
    ]
    trigger = node.attrs.get("hx-trigger", "")
    if "[" in trigger:
        yield "a trigger filter needs eval"
    if any(name in asks for name in ("hx-put", "hx-patch", "hx-delete")):
        yield "only GET and POST work without script"
    if asks and not BY_ITSELF.search(trigger) and not _works_alone(node):
        yield "does nothing without script"


def _works_alone(node: Node) -> bool:
    if node.tag == "form":
        return True
    if node.tag == "a":
        return bool(node.attrs.get("href"))
    if node.tag in ("button", "input", "select", "textarea"):
        return node.above("form") is not None or "form" in node.attrs
    return False
