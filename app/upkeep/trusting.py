"""What an installation uses that its settings do not allow (any more), with the line of settings
that helps.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.condition import Check
from app.core.parts import Parts
from app.core.references import is_reference, reference_problem
from app.core.settings import Settings
from app.core.trust import Trust
from app.directory.queries import values_of
from app.directory.rules import ACCOUNTS, DEMO_URL, plaintext_problem
from app.messages.actions.post import inner_problem
from app.models.directory import Directory
from app.models.messages import Channel

MORE = "Or move it into {folder} and say file:NAME where it is used."


def trust_checks(parts: Parts) -> list[Check]:
    """Name every secret, unencrypted directory and inner address that is in use and not allowed;
    look at the proxy.
    """
    with parts.database.read() as session:
        found = [
            *_references(session, parts.settings, parts.trust),
            *_plaintext(session, parts.trust),
        ]
        channels = list(
            session.scalars(
                select(Channel).where(Channel.enabled).order_by(Channel.position)
            )
        )
    found += _inner(channels, parts.trust)
    return [*found, *_proxy(parts.settings)]


def tell_of_trust(parts: Parts) -> list[str]:
    """Say after an upgrade what is in use and not allowed any more."""
    return [
        f"{check.subject}: {check.text}"
        for check in trust_checks(parts)
        if check.level == "problem"
    ]


def _references(session: Session, settings: Settings, trust: Trust) -> Iterator[Check]:
    for user, reference in _used(session):
        if reference_problem(reference, trust):
            yield Check(user, "problem", _help(reference, settings), 1)


def _used(session: Session) -> Iterator[tuple[str, str]]:
    chosen = (
        select(Directory)
        .where(Directory.url.not_in(("", DEMO_URL)))
        .order_by(Directory.name)
    )
    for directory in session.scalars(chosen):
        for _dn, field in ACCOUNTS:
            if reference := getattr(directory, field):
                yield f"directory {directory.name}", reference
    for channel in session.scalars(
        select(Channel).where(Channel.enabled).order_by(Channel.position)
    ):
        if is_reference(channel.url):
            yield f"channel {channel.name}", channel.url


def _help(reference: str, settings: Settings) -> str:
    kind, _, place = reference.partition(":")
    more = MORE.format(folder=settings.secrets)
    if kind == "file" and place.startswith("/"):
        return (
            f"{reference} may not be used. Set secrets_also to "
            f"{_with(settings.secrets_also, place)}. {more}"
        )
    if kind == "env" and not place.upper().startswith("RUNG_"):
        return (
            f"{reference} may not be used. Set secrets_env to "
            f"{_with(settings.secrets_env, place)}. {more}"
        )
    return f"{reference} may not be used. {more}"


def _with(known: str, entry: str) -> str:
    return f"{known},{entry}" if known else entry


def _plaintext(session: Session, trust: Trust) -> Iterator[Check]:
    for directory in session.scalars(
        select(Directory).where(Directory.url != "").order_by(Directory.name)
    ):
        if plaintext_problem(values_of(directory), allowed=trust.plaintext):
            text = (
                "It is not encrypted, so it is not reached. Choose LDAPS or StartTLS, or set "
                "plaintext_ldap to true."
            )
            yield Check(f"directory {directory.name}", "problem", text, 1)


def _inner(channels: list[Channel], trust: Trust) -> list[Check]:
    return [
        Check(f"channel {channel.name}", "problem", problem, 1)
        for channel in channels
        if not is_reference(channel.url)
        and (problem := inner_problem(channel.url, trust))
    ]


def _proxy(settings: Settings) -> Iterator[Check]:
    if not settings.public_url:
        text = (
            "public_url is not set: links in pages, mails and on the command line lead to this "
            "machine only."
        )
        yield Check("address", "warning", text)
        return
    encrypted = settings.public_url.startswith("https://")
    if encrypted and not settings.trusted_proxies:
        text = (
            "public_url is https, but trusted_proxies is 0: all browsers seem to have the "
            "proxy's address, and thirty "
            "wrong passwords lock everybody. Set trusted_proxies to the number of proxies."
        )
        yield Check("proxy", "warning", text)
    if encrypted and not settings.secure_cookies:
        yield Check(
            "cookies", "warning", "public_url is https: set secure_cookies to true."
        )
