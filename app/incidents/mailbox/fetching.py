"""Mail is fetched from a mailbox over IMAP; a mail is marked as seen only after it was taken."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from urllib.parse import unquote, urlsplit

import structlog

from app.core.errors import Away, Invalid
from app.core.parts import Parts
from app.core.references import by_settings, fetched
from app.core.said import said
from app.core.trust import Trust
from app.incidents.mail.keeping import LARGEST_RAW, drop_due
from app.incidents.mailbox.actions import take_or_set_aside, try_again_due

EVERY = timedelta(seconds=60)
SECONDS = 20.0
MOST = 200
BEGINNING = 1_000_000
SIZE = re.compile(rb"RFC822\.SIZE (\d{1,12})")
log = structlog.get_logger("rung.mail")
Context = Callable[[], ssl.SSLContext]


class MailFetch:
    """Looks into the mailbox once a minute, or whenever it is asked while ``every`` is zero."""

    def __init__(
        self, *, every: timedelta = EVERY, context: Context = ssl.create_default_context
    ) -> None:
        self._every, self._context = every, context
        self._looked: datetime | None = None

    def __call__(self, parts: Parts) -> bool | None:
        """Take what is unread; tell whether there was any, None when it is not time to look.

        Raises ``Away`` when the mailbox cannot be reached.
        """
        did = try_again_due(parts) + drop_due(parts)
        if not parts.settings.imap_url:
            return did > 0
        if not self._is_time(parts.now()):
            return True if did else None
        return did + fetch(parts, self._context()) > 0

    def _is_time(self, now: datetime) -> bool:
        if self._looked and now < self._looked + self._every:
            return False
        self._looked = now
        return True


def fetch(parts: Parts, context: ssl.SSLContext) -> int:
    """Take every unread mail of the folder; returns how many. Raises ``Away``.

    A mail that cannot be taken is set aside and counts as read: it is tried again from what was
    kept of it.
    """
    with mailbox(parts, context) as box:
        return sum(_take(parts, box, number) for number in _unseen(box))


def _take(parts: Parts, box: imaplib.IMAP4, number: str) -> int:
    is_whole = _size(box, number) <= LARGEST_RAW
    _, found = box.fetch(
        number, "(BODY.PEEK[])" if is_whole else f"(BODY.PEEK[]<0.{BEGINNING}>)"
    )
    raw = next((part[1] for part in found if isinstance(part, tuple)), None)
    if raw is None:
        log.warning("mail.not-handed-over", number=number)
        return 0
    taken = take_or_set_aside(parts, raw, is_whole=is_whole)
    box.store(
        number, "+FLAGS", "(\\Seen)"
    )  # after the commit: taken twice changes nothing, lost would
    log.info("mail.taken", outcome=taken.outcome, incident=taken.incident_id)
    return 1


def _size(box: imaplib.IMAP4, number: str) -> int:
    _, found = box.fetch(number, "(RFC822.SIZE)")
    told = SIZE.search(found[0]) if found and isinstance(found[0], bytes) else None
    return int(told[1]) if told else 0


@contextmanager
def mailbox(parts: Parts, context: ssl.SSLContext) -> Iterator[imaplib.IMAP4]:
    """Open the mailbox of the settings, encrypted and with the server's certificate checked.

    Raises ``Away``.
    """
    box: imaplib.IMAP4 | None = None
    try:
        box = _signed_in(address(parts.settings.imap_url, parts.trust), context)
        status, _ = box.select(f'"{parts.settings.imap_folder}"')
        if status != "OK":
            raise Away(
                said(
                    "The mailbox has no folder %(imap_folder)s.",
                    imap_folder=parts.settings.imap_folder,
                )
            )
        yield box
    except (imaplib.IMAP4.error, OSError, EOFError) as error:
        raise Away(
            said(
                "The mailbox cannot be read: %(value)s. Mail waits there.",
                value=str(error) or type(error).__name__,
            )
        ) from error
    finally:
        if box is not None:
            with suppress(imaplib.IMAP4.error, OSError, EOFError):
                box.logout()


def address(reference: str, trust: Trust) -> str:
    """Return the address behind ``env:NAME`` or ``file:NAME``. Raises ``Invalid``."""
    try:
        return fetched(reference, by_settings(reference, trust)).strip()
    except Away as error:
        raise Invalid(
            said("imap_url: %(message)s", message=error.message), field="imap_url"
        ) from error


def _signed_in(url: str, context: ssl.SSLContext) -> imaplib.IMAP4:
    parts = urlsplit(url)
    if (
        parts.scheme not in ("imap", "imaps")
        or not parts.hostname
        or not parts.username
    ):
        raise Invalid(
            said("The mailbox's address is like imaps://desk:password@mail.example."),
            field="imap_url",
        )
    box: imaplib.IMAP4
    if parts.scheme == "imaps":
        box = imaplib.IMAP4_SSL(
            parts.hostname, parts.port or 993, ssl_context=context, timeout=SECONDS
        )
    else:
        box = imaplib.IMAP4(parts.hostname, parts.port or 143, timeout=SECONDS)
    try:
        if parts.scheme == "imap":
            box.starttls(context)
        box.login(unquote(parts.username), unquote(parts.password or ""))
    except (imaplib.IMAP4.error, OSError, EOFError):
        box.shutdown()
        raise
    return box


def _unseen(box: imaplib.IMAP4) -> list[str]:
    _, found = box.search(None, "UNSEEN")
    return found[0].decode("ascii").split()[:MOST] if found and found[0] else []
