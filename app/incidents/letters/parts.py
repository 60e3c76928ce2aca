"""The parts of a mail, however it is built: its texts in order, and everything else as files with a
name.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.policy import Compat32
from typing import TYPE_CHECKING

from app.core.texts import readable
from app.incidents.letters.html import LONGEST_HTML, plain_of_html, without_ballast
from app.incidents.letters.signs import LONGEST_HEADER, header_text, one_line, shown

if TYPE_CHECKING:
    Part = Message[str, str]
else:
    Part = Message

LONGEST_HEAD = 256_000
MOST_HEADERS = 1000
MOST_NESTED = 100
MOST_PARTS = 2000
MOST_FILES = 20
LONGEST_BODY = 2_000_000
END_OF_HEAD = re.compile(rb"\r?\n\r?\n")
NESTING = re.compile(rb"boundary\s*=|message/rfc822", re.IGNORECASE)
BOUNDARIES = re.compile(rb"^--(?=\S)", re.MULTILINE)
FIRST_BOUNDARY = re.compile(rb"\s*--([^\s-][^\r\n]{0,199}|-[^\r\n]{0,199})\r?\n")
MARKS_OF_PARTS = re.compile(
    r"^(--\S.*|Content-[\w-]+:.*|MIME-Version:.*)$", re.IGNORECASE | re.MULTILINE
)
NAMES = {
    "image/png": "image.png",
    "image/jpeg": "image.jpg",
    "image/gif": "image.gif",
    "text/calendar": "invite.ics",
    "text/vcard": "contact.vcf",
    "text/html": "page.html",
    "text/plain": "text.txt",
    "application/pdf": "document.pdf",
    "message/rfc822": "message.eml",
    "message/delivery-status": "delivery-status.txt",
    "application/pgp-signature": "signature.asc",
}
WITHOUT_READER = (
    "text/enriched",
    "text/richtext",
    "text/x-amp-html",
    "text/watch-html",
)
"""Other forms of a text that stands beside them in words or HTML."""


class _Raw(Compat32):
    """Headers as they stand in the mail: bounded, in whatever charset, not taken apart."""

    def header_fetch_parse(self, name: str, value: str) -> str:
        """Return a header as text; encoded words are decoded by who reads it."""
        return readable(value[:LONGEST_HEADER].encode("ascii", "surrogateescape"))


@dataclass(frozen=True, slots=True)
class File:
    """One attachment of a mail."""

    name: str
    content: bytes


@dataclass(slots=True)
class Content:
    """What a mail holds: its texts in order, its files, and in words what was left out of them."""

    texts: list[str] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Return all texts, one under the other."""
        return "\n\n".join(text for text in self.texts if text)


def opened(raw: bytes) -> tuple[Part, bool]:
    """Return a mail, and whether it can be sorted into parts: not when it is built to exhaust its
    reader.
    """
    raw = _short_head(raw)
    nested = len(NESTING.findall(raw))
    if nested > MOST_NESTED or (nested and len(BOUNDARIES.findall(raw)) > MOST_PARTS):
        return message_from_bytes(_only_head(raw), policy=_Raw()), False
    return message_from_bytes(raw, policy=_Raw()), True


def content_of(raw: bytes) -> Content:
    """Return texts and files of a mail. Nothing in it is left out without being said."""
    mail, sorted_ = opened(raw)
    found = Content()
    if sorted_:
        _take(mail, found)
    if not found.text and not found.files:
        _take_as_it_stands(raw, found)
    if not sorted_:
        found.left_out.append(
            "it has too many parts to be sorted; its text is taken as it stands"
        )
    _bound_files(found)
    return found


def header(mail: Part, name: str) -> str:
    """Return a header of a mail or part as a reader sees it, on one line."""
    return header_text(raw_header(mail, name).encode("utf-8", "replace"))


def raw_header(mail: Part, name: str) -> str:
    """Return a header of a mail or part with its encoded words not decoded yet."""
    return str(mail.get(name) or "")


def _take(part: Part, found: Content, *, is_alternative: bool = False) -> None:
    kind = part.get_content_type()
    children = part.get_payload() if part.is_multipart() else None
    if kind == "message/rfc822" or (kind.startswith("message/") and children):
        found.files.append(
            File(_name(part) or NAMES["message/rfc822"], _attached_mail(part))
        )
    elif isinstance(children, list):
        _take_children(
            kind, [each for each in children if isinstance(each, Message)], found
        )
    elif kind.startswith("multipart/"):
        _take_unsorted(part, found)
    elif _is_text(part, kind):
        found.texts.append(_text(part, kind, found))
    elif not (is_alternative and kind in WITHOUT_READER):
        _take_file(part, kind, found)


def _take_children(kind: str, children: list[Part], found: Content) -> None:
    if kind != "multipart/alternative":
        for child in children:
            _take(child, found)
        return
    # Of several forms of one text the plain one is read, the others only when it is empty; files
    # are kept of all.
    forms = []
    for child in children:
        form = Content()
        _take(child, form, is_alternative=True)
        found.files += form.files
        found.left_out += form.left_out
        forms.append(form.text)
    found.texts.append(next((form for form in forms if form), ""))


def _take_unsorted(part: Part, found: Content) -> None:
    """Take what announces parts that never come: by the boundary that is really used, or as it
    stands.
    """
    body = _bytes(part)
    used = FIRST_BOUNDARY.match(body)
    if used:
        head = (
            b'Content-Type: multipart/mixed; boundary="' + used[1].rstrip() + b'"\n\n'
        )
        again: Part = message_from_bytes(head + body, policy=_Raw())
        if again.is_multipart():
            _take(again, found)
            return
    found.texts.append(_without_marks(body))


def _take_as_it_stands(raw: bytes, found: Content) -> None:
    mail, _ = opened(_only_head(raw))
    ended = END_OF_HEAD.search(raw)
    body = raw[ended.end() :] if ended else b""
    if mail.get_content_type().startswith("multipart/") or body.lstrip().startswith(
        b"--"
    ):
        found.texts.append(_without_marks(body))


def _take_file(part: Part, kind: str, found: Content) -> None:
    content = _bytes(part)
    if content:
        found.files.append(File(_name(part) or _name_by(kind), content))


def _is_text(part: Part, kind: str) -> bool:
    if kind not in ("text/plain", "text/html"):
        return False
    disposition = raw_header(part, "Content-Disposition").strip().lower()
    return not disposition.startswith("attachment") and not _name(part)


def _text(part: Part, kind: str, found: Content) -> str:
    content = _bytes(part)
    if len(content) > LONGEST_BODY:
        found.left_out.append(
            f"of a text of {len(content)} bytes only the beginning is read"
        )
    text = (
        readable(content[:LONGEST_BODY], _charset(part))
        .replace("\r\n", "\n")
        .replace("\r", "\n")
    )
    if kind == "text/html":
        if len(without_ballast(text)) > LONGEST_HTML:
            found.left_out.append("of its long HTML only the beginning is read")
        text = plain_of_html(text)
    return shown(text).strip()


def _charset(part: Part) -> str:
    try:
        return str(part.get_param("charset") or "")
    except Exception:  # noqa: BLE001 (the standard library raises many things on headers made to break it)
        return ""


def _name(part: Part) -> str:
    try:
        name = part.get_filename() or ""
    except Exception:  # noqa: BLE001 (see _charset)
        return ""
    return header_text(one_line(name).encode("utf-8", "replace"))


def _name_by(kind: str) -> str:
    return NAMES.get(kind) or f"part{mimetypes.guess_extension(kind) or '.bin'}"


def _bytes(part: Part) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except Exception:  # noqa: BLE001 (see _charset)
        content = str(part.get_payload()).encode("utf-8", "surrogateescape")
    return content if isinstance(content, bytes) else b""


def _attached_mail(part: Part) -> bytes:
    inner = part.get_payload()
    mails = inner if isinstance(inner, list) else []
    try:
        return b"\n".join(
            each.as_bytes() for each in mails if isinstance(each, Message)
        ) or _bytes(part)
    except Exception:  # noqa: BLE001 (see _charset)
        return "\n".join(_lines_of(mails)).encode("utf-8", "replace")


def _lines_of(mails: list[Part | str]) -> Iterator[str]:
    for mail in mails:
        if isinstance(mail, Message):
            yield from (f"{name}: {value}" for name, value in mail.items())
            yield ""
            yield str(mail.get_payload()) if not mail.is_multipart() else ""


def _without_marks(body: bytes) -> str:
    text = readable(body[:LONGEST_BODY]).replace("\r\n", "\n")
    return re.sub(r"\n{3,}", "\n\n", shown(MARKS_OF_PARTS.sub("", text))).strip()


def _bound_files(found: Content) -> None:
    more = found.files[MOST_FILES:]
    del found.files[MOST_FILES:]
    if more:
        names = ", ".join(one_line(file.name)[:60] for file in more[:MOST_FILES])
        found.left_out.append(f"{len(more)} of its files ({names})")


def _short_head(raw: bytes) -> bytes:
    """Return a mail whose head is no longer than a head may be: what is beyond is dropped, the body
    is kept.
    """
    ended = END_OF_HEAD.search(raw)
    end = ended.start() if ended else len(raw)
    lines = raw.count(b"\n", 0, end)
    if end <= LONGEST_HEAD and lines <= MOST_HEADERS:
        return raw
    kept = b"\n".join(raw[: min(end, LONGEST_HEAD)].split(b"\n")[:MOST_HEADERS])
    return kept + b"\n\n" + (raw[ended.end() :] if ended else b"")


def _only_head(raw: bytes) -> bytes:
    ended = END_OF_HEAD.search(raw)
    return raw[: ended.end()] if ended else raw
