"""Addresses of channels and of people: what is a secret, what may be shown, what fits into a
channel.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlsplit

from app.core.references import is_reference

MARK = "{address}"
OPEN_SCHEMES = ("mailto", "mailtos", "json", "jsons", "xml", "xmls", "form", "forms")
SECRET_NAMES = re.compile(r"pass|pwd|token|secret|key|sid|auth", re.IGNORECASE)
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
MAIL = re.compile(r"[^@\s,;<>\"()\[\]\\]+@[^@\s,;<>\"()\[\]\\]+")
PHONE = re.compile(r"\+?[0-9]{5,15}")
LONGEST_MAIL = 254


def per_person(kind: str, url: str) -> bool:
    """Tell whether a channel reaches people one by one; without ``{address}`` it reaches a room or
    a list.
    """
    return MARK in url or (is_reference(url) and kind in ("mail", "SMS"))


def url_problem(url: str) -> str:
    """Return why what was typed cannot be a channel's address, or nothing.

    What holds a secret has to be a reference.
    """
    if not url.isprintable():
        return "An address has no line ends and no characters that cannot be seen."
    if not SCHEME.match(url):
        return (
            "Give an address such as mailto://mail.example?to={address}, or where it is: "
            "file:NAME or env:NAME."
        )
    if holds_secret(url):
        return (
            "This address holds a secret. Keep it in a file or variable and write file:NAME or "
            "env:NAME here."
        )
    return ""


def is_open_scheme(url: str) -> bool:
    """Tell whether an address names its own host, as those of mail and of hooks do."""
    return url.partition("://")[0].lower() in OPEN_SCHEMES


def is_mail(url: str) -> bool:
    """Tell whether an address is one of a mail server."""
    return url.partition("://")[0].lower() in ("mailto", "mailtos")


def holds_secret(url: str) -> bool:
    """Tell whether an address gives something away: a password, a token; most chat addresses are
    one.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return True
    named = any(
        SECRET_NAMES.search(name) and value
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    )
    return parts.scheme.lower() not in OPEN_SCHEMES or bool(parts.password) or named


def shown(url: str) -> str:
    """Return what pages may show of a channel's address: where it is kept, or the host without what
    follows.
    """
    if not url or is_reference(url):
        return url
    try:
        parts = urlsplit(url)
        return (
            f"{parts.scheme}://{parts.hostname or ''}"
            + (f":{parts.port}" if parts.port else "")
            + "/…"
        )
    except ValueError:
        return "…"


def filled(url: str, address: str) -> str:
    """Return a channel's address with the recipient's put in, so that it can only be one
    recipient.
    """
    return url.replace(MARK, quote(address, safe="@"))


def with_headers(url: str, headers: Mapping[str, str]) -> str:
    """Return the address of a mail channel with headers of the one mail; other channels have
    none.
    """
    if not headers or not url.lower().startswith(("mailto:", "mailtos:")):
        return url
    told = "&".join(
        f"{quote(f'+{name}', safe='+')}={quote(value, safe='')}"
        for name, value in headers.items()
    )
    return f"{url}{'&' if '?' in url else '?'}{told}"


def sent_by(url: str, name: str) -> str:
    """Return the address of a mail channel whose sender bears the name of a person."""
    named = "name" in dict(parse_qsl(urlsplit(url).query))
    if not name or named or not is_mail(url):
        return url
    return f"{url}{'&' if '?' in url else '?'}name={quote(name, safe='')}"


def in_both_forms(url: str) -> str:
    """Return the address of a mail channel so that it takes text and HTML; nothing where it is no
    mail, or was set up for one form alone.
    """
    if not is_mail(url) or "format" in dict(parse_qsl(urlsplit(url).query)):
        return ""
    return f"{url}{'&' if '?' in url else '?'}format=html"


def mail_id_of(unique: str, desk_mail: str, public_url: str) -> str:
    """Return a Message-ID of our own: nobody can guess it who did not get the mail."""
    domain = (
        desk_mail.partition(",")[0].strip().rpartition("@")[2]
        or urlsplit(public_url).hostname
        or "rung.local"
    )
    return f"<rung.{unique}@{domain.lower()}>"


def address_for(kind: str, *, mail: str = "", phone: str = "", mobile: str = "") -> str:
    """Return how a kind of channel reaches somebody, or nothing when it cannot."""
    if kind in ("mail", "chat"):
        return usable_mail(mail)
    if kind == "SMS":
        return usable_phone(mobile)
    return usable_phone(phone) or usable_phone(mobile)


def usable_mail(text: str) -> str:
    """Return a mail address that is one address and nothing else, or nothing."""
    found = text.strip()
    return (
        found
        if len(found) <= LONGEST_MAIL and MAIL.fullmatch(found) and found.isprintable()
        else ""
    )


def usable_phone(text: str) -> str:
    """Return a number as digits with its plus, or nothing."""
    found = re.sub(r"[\s()/.\-]", "", text)
    return found if PHONE.fullmatch(found) else ""
