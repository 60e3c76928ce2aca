"""A mail as the desk reads it: who, what, plain text, what it answers; and whether a machine wrote it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from html.parser import HTMLParser

LARGEST = 30_000_000
HEAD_OF_LARGE = 1_000_000
LONGEST_TEXT = 8000
LONGEST_SUBJECT = 200
MOST_FILES = 20
TOKEN = re.compile(r"(\d{1,12})-([0-9a-f]{10})\b")
IN_SUBJECT = re.compile(r"\[#" + TOKEN.pattern + r"\]")
BLOCKS = frozenset(("p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "table", "ul", "ol", "pre"))
UNSEEN = frozenset(("script", "style", "head", "template", "noscript", "object", "svg"))
QUOTES = re.compile(
    r"^\s*(On .{5,200} wrote:|Am .{5,200} schrieb.{0,120}:|Le .{5,200} a écrit\s?:|_{20,}"
    r"|-{3,} ?(Original Message|Ursprüngliche Nachricht|Message d'origine|Forwarded message) ?-{3,})\s*$",
    re.IGNORECASE,
)
ANSWERING = ("X-Auto-Response-Suppress", "X-Autoreply", "X-Autorespond")
THANKS = re.compile(r"\b(thank|thanks|thx|danke|merci|grazie|works|perfect|great)\b", re.IGNORECASE)
OBJECTS = re.compile(r"\b(not|n't|no|but|still|again|nicht|noch|aber|wieder|pas|mais|non)\b|n't|\?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class File:
    """One attachment of a mail."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """What the desk needs of a mail. ``machine`` says why nobody wrote it; ``tokens`` are incident and secret."""

    message_id: str
    sender: str
    name: str
    subject: str
    text: str
    in_reply_to: str
    machine: str
    tokens: tuple[tuple[int, str], ...]
    files: tuple[File, ...]
    cut: bool


def parsed(raw: bytes, own: tuple[str, ...] = ()) -> Mail:
    """Read a mail, however broken it is. ``own`` are the desk's addresses: what they send is never taken."""
    cut = len(raw) > LARGEST
    mail = message_from_bytes(raw[:HEAD_OF_LARGE] if cut else raw, policy=policy.default)
    name, sender = parseaddr(_header(mail, "From"))
    subject = _header(mail, "Subject")
    return Mail(
        message_id=_header(mail, "Message-ID") or f"<{hashlib.sha256(raw).hexdigest()}@rung>",
        sender=sender.lower(), name=name or sender, subject=subject[:LONGEST_SUBJECT], text=_text(mail)[:LONGEST_TEXT],
        in_reply_to=_header(mail, "In-Reply-To").split(" ")[0], machine=_machine(mail, sender.lower(), own),
        tokens=_tokens(mail, subject), files=() if cut else tuple(_files(mail))[:MOST_FILES], cut=cut,
    )  # fmt: skip


def without_quotes(text: str) -> str:
    """Return what was newly written: without the mail it answers. Nothing new: the text as it is."""
    kept: list[str] = []
    for line in text.splitlines():
        if QUOTES.match(line):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line.rstrip())
    return "\n".join(kept).strip() or text.strip()


def only_thanks(text: str) -> bool:
    """Tell whether an answer says thank you and nothing that would open an incident again."""
    return len(text.split()) <= 12 and bool(THANKS.search(text)) and not OBJECTS.search(text)


def plain_of_html(html: str) -> str:
    """Return what a reader would see of HTML: no markup, no scripts, no addresses that load something."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.found).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._unseen = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where a line ends and where nothing is to be read."""
        if not self._unseen and tag in UNSEEN:
            self._unseen = tag
        elif tag in BLOCKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """Note where a line ends and where reading goes on."""
        if tag == self._unseen:
            self._unseen = ""
        elif tag in BLOCKS:
            self.found.append("\n")

    def handle_data(self, data: str) -> None:
        """Take what is read."""
        if not self._unseen:
            self.found.append(data)


def _header(mail: EmailMessage, name: str) -> str:
    try:
        value = str(mail.get(name) or "")
    except Exception:  # noqa: BLE001 (the standard library raises many things on headers made to break it)
        value = next((str(raw) for key, raw in mail.raw_items() if key.lower() == name.lower()), "")
    readable = value.encode("utf-8", "replace").decode("utf-8")
    return " ".join("".join(sign if sign.isprintable() else " " for sign in readable).split())


def _machine(mail: EmailMessage, sender: str, own: tuple[str, ...]) -> str:
    if not sender or "@" not in sender or _header(mail, "Return-Path") == "<>":
        return "no sender"
    if sender in own:
        return "own mail"
    if sender.split("@")[0].split("+")[0] in ("mailer-daemon", "postmaster", "bounce", "bounces"):
        return "bounce"
    if mail.get_content_type() in ("multipart/report", "message/delivery-status"):
        return "bounce"
    if _header(mail, "Auto-Submitted").lower().split(";")[0] not in ("", "no"):
        return "automatic answer"
    if _header(mail, "Precedence").lower() in ("bulk", "junk", "list", "auto_reply"):
        return "list or bulk mail"
    if _header(mail, "List-Id"):
        return "list or bulk mail"
    answers = (
        _header(mail, "X-Auto-Response-Suppress") or _header(mail, "X-Autoreply") or _header(mail, "X-Autorespond")
    )
    return "automatic answer" if answers else ""


def _tokens(mail: EmailMessage, subject: str) -> tuple[tuple[int, str], ...]:
    found = IN_SUBJECT.findall(subject)
    for name in ("To", "Cc", "Delivered-To"):
        found += re.findall(r"\+" + TOKEN.pattern + "@", _header(mail, name))
    return tuple(dict.fromkeys((int(number), token) for number, token in found))


def _text(mail: EmailMessage) -> str:
    plain = _first(mail, "text/plain")
    html = _first(mail, "text/html")
    return plain.strip() or plain_of_html(html)


def _first(mail: EmailMessage, kind: str) -> str:
    for part in mail.walk():
        if part.get_content_type() == kind and not part.is_multipart() and not _is_file(part):
            return _decoded(part)
    return ""


def _decoded(part: EmailMessage) -> str:
    content = _bytes(part)
    charset = str(part.get_param("charset") or "utf-8")
    try:
        text = content.decode(charset)
    except (LookupError, UnicodeDecodeError, ValueError):
        text = content.decode("utf-8", "replace")
    return text.replace("\r\n", "\n").replace("\0", "")


def _is_file(part: EmailMessage) -> bool:
    return _header(part, "Content-Disposition").lower().startswith("attachment")


def _files(mail: EmailMessage) -> list[File]:
    parts = [part for part in mail.walk() if not part.is_multipart()]
    named = [(part, _name(part)) for part in parts]
    return [File(name or "file", _bytes(part)) for part, name in named if (name or _is_file(part)) and _bytes(part)]


def _name(part: EmailMessage) -> str:
    try:
        return part.get_filename() or ""
    except Exception:  # noqa: BLE001 (see _header)
        return ""


def _bytes(part: EmailMessage) -> bytes:
    try:
        content = part.get_payload(decode=True)
    except Exception:  # noqa: BLE001 (see _header)
        return b""
    return content if isinstance(content, bytes) else b""
