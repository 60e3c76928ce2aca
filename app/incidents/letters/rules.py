"""A mail as the desk reads it: who, what, plain text, what it answers; and whether a machine wrote
it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from app.incidents.letters.parts import (
    Content,
    File,
    Part,
    content_of,
    header,
    opened,
    raw_header,
)
from app.incidents.letters.signs import (
    address_and_name,
    addresses_and_names,
    ids_in,
    known_as,
)
from app.messages.rules.addresses import usable_mail

LARGEST = 30_000_000
HEAD_OF_LARGE = 1_000_000
LONGEST_TEXT = 8000
LONGEST_READ = 100_000
LONGEST_SUBJECT = 200
LONGEST_NAME = 120
MOST_COPIED = 20
AUTOMATIC, BY_PROGRAM = "automatic answer", "sent by a program"
TOKEN = re.compile(r"(\d{1,9})-([0-9a-f]{10})\b")
IN_SUBJECT = re.compile(r"\[#" + TOKEN.pattern + r"\]")
IN_ADDRESS = re.compile(r"\+" + TOKEN.pattern + "@")
DAEMONS = ("mailer-daemon", "postmaster", "bounce", "bounces")
REPORTS = ("multipart/report", "message/delivery-status")
ANSWERING = ("X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Mail-Autoreply")
AWAY = re.compile(
    r"^\s*(automatic reply|auto(matic)?[- ]?(reply|response)|out of (the )?office"
    r"|automatische antwort"
    r"|abwesenheit|réponse automatique|risposta automatica|respuesta automática|automatisch "
    r"antwoord)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mail:
    """What the desk needs of a mail.

    ``machine`` says why nobody wrote it; ``quiet`` why it gets no automatic answer although
    somebody may have. ``tokens`` are incident and secret; ``answers`` the mails it answers, the
    nearest first; ``digest`` tells two mails with one Message-ID apart; ``left_out`` says in words
    what of it is not read. ``reply_to`` is where the answer goes when that is another place than
    ``sender``, and none of ours; ``copied`` are names and addresses of who got a copy.
    """

    message_id: str
    digest: str
    sender: str
    name: str
    subject: str
    text: str
    answers: tuple[str, ...]
    machine: str
    quiet: str
    tokens: tuple[tuple[int, str], ...]
    files: tuple[File, ...]
    left_out: tuple[str, ...]
    reply_to: str = ""
    copied: tuple[tuple[str, str], ...] = ()


def parsed(raw: bytes, own: tuple[str, ...] = ()) -> Mail:
    """Read a mail, however broken it is.

    ``own`` are the desk's addresses: what they send is never taken.
    """
    cut = len(raw) > LARGEST
    read = raw[:HEAD_OF_LARGE] if cut else raw
    mail, _ = opened(read)
    content = content_of(read)
    sender, name = address_and_name(raw_header(mail, "From"))
    subject = header(mail, "Subject")
    tokens = _tokens(mail, subject)
    quiet = _quiet(mail)
    return Mail(
        message_id=known_as(header(mail, "Message-ID"))
        or f"<{hashlib.sha256(raw).hexdigest()}@rung>",
        digest=_digest(raw, sender, header(mail, "Date"), subject),
        sender=sender,
        name=(name or sender)[:LONGEST_NAME],
        subject=subject[:LONGEST_SUBJECT],
        text=content.text[:LONGEST_READ],
        answers=_answers(mail),
        machine=_machine(mail, sender, own)
        or _answer_of_a_program(quiet, subject, tokens),
        quiet=quiet,
        tokens=tokens,
        files=() if cut else tuple(content.files),
        left_out=_left_out(content, subject, cut),
        reply_to=_reply_to(mail, sender, own),
        copied=_copied(mail, sender, own),
    )


def cut_to_fit(text: str) -> tuple[str, str]:
    """Return a text as long as one is kept, and in words what was cut off."""
    if len(text) <= LONGEST_TEXT:
        return text, ""
    return text[:LONGEST_TEXT], f"its text after the first {LONGEST_TEXT} signs"


def _left_out(content: Content, subject: str, cut: bool) -> tuple[str, ...]:
    found = list(content.left_out)
    if cut:
        found.append(
            f"all after its first {HEAD_OF_LARGE // 1_000_000} MB; it is larger than "
            f"{LARGEST // 1_000_000} MB"
        )
    if len(subject) > LONGEST_SUBJECT:
        found.append(f"its subject after {LONGEST_SUBJECT} signs")
    return tuple(found)


def _digest(raw: bytes, sender: str, date: str, subject: str) -> str:
    """Return what tells mails apart; the way a mail took, and the line ends it has there, make no
    other mail of it.
    """
    _, _, body = raw.replace(b"\r", b"").partition(b"\n\n")
    told = "\n".join((sender, date, subject)).encode("utf-8", "replace")
    return hashlib.sha256(told + b"\n\n" + body).hexdigest()


def _answers(mail: Part) -> tuple[str, ...]:
    nearest = ids_in(raw_header(mail, "In-Reply-To"))
    before = ids_in(raw_header(mail, "References"))
    return tuple(dict.fromkeys((*nearest, *reversed(before))))


def _reply_to(mail: Part, sender: str, own: tuple[str, ...]) -> str:
    wanted, _ = address_and_name(raw_header(mail, "Reply-To"))
    return usable_mail(wanted) if wanted != sender and not _is_ours(wanted, own) else ""


def _copied(
    mail: Part, sender: str, own: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """Return name and address of those who got a copy besides the desk, each once."""
    found: dict[str, str] = {}
    for address, name in addresses_and_names(raw_header(mail, "Cc")):
        if usable_mail(address) and address != sender and not _is_ours(address, own):
            found.setdefault(address, name[:LONGEST_NAME])
    return tuple(
        (name or address, address)
        for address, name in list(found.items())[:MOST_COPIED]
    )


def _is_ours(address: str, own: tuple[str, ...]) -> bool:
    """Tell whether an address is the desk's, also with an incident's mark in it:
    ``desk+12-…@…``.
    """
    box, _, domain = address.partition("@")
    return f"{box.partition('+')[0]}@{domain}" in own or address in own


def _machine(mail: Part, sender: str, own: tuple[str, ...]) -> str:
    if not sender or "@" not in sender or header(mail, "Return-Path") == "<>":
        return "no sender"
    if _is_ours(sender, own):
        return "own mail"
    if sender.split("@")[0].split("+")[0] in DAEMONS or header(
        mail, "X-Failed-Recipients"
    ):
        return "bounce"
    if mail.get_content_type() in REPORTS:
        return "bounce"
    if (
        _submitted(mail) == "auto-replied"
        or header(mail, "Precedence").lower() == "auto_reply"
    ):
        return AUTOMATIC
    return AUTOMATIC if any(header(mail, name) for name in ANSWERING) else ""


def _quiet(mail: Part) -> str:
    if _submitted(mail) not in ("", "no"):
        return BY_PROGRAM
    if header(mail, "Precedence").lower() in ("bulk", "junk", "list") or header(
        mail, "List-Id"
    ):
        return "list or bulk mail"
    return (
        "wants no automatic answer" if header(mail, "X-Auto-Response-Suppress") else ""
    )


def _answer_of_a_program(
    quiet: str, subject: str, tokens: tuple[tuple[int, str], ...]
) -> str:
    """Tell an automatic answer that does not call itself one: it has our mark, or says that
    somebody is away.
    """
    answers_us = quiet == BY_PROGRAM and tokens
    return AUTOMATIC if answers_us or (quiet and AWAY.match(subject)) else ""


def _submitted(mail: Part) -> str:
    return header(mail, "Auto-Submitted").lower().partition(";")[0].strip()


def _tokens(mail: Part, subject: str) -> tuple[tuple[int, str], ...]:
    found = IN_SUBJECT.findall(subject)
    for name in ("To", "Cc", "Delivered-To"):
        found += IN_ADDRESS.findall(header(mail, name))
    return tuple(dict.fromkeys((int(number), token) for number, token in found))
