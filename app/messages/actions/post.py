"""The one place where a message leaves: one address, one try, one outcome; apprise speaks with the providers."""

from __future__ import annotations

import logging
import os
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.messages.rules.addresses import is_reference
from app.messages.rules.delivery import Ending, Outcome, judged

if TYPE_CHECKING:
    from apprise import Apprise

TELLING = ("Socket Exception", "A Connection error", "Connection error", "Failed to send", "SMTP recipient")
"""How lines begin that say why a message was not taken; others repeat the message itself."""

CONNECT_SECONDS, ANSWER_SECONDS = 10.0, 20.0


class Unreachable(Exception):
    """A channel cannot be used as it is set up; the message says why, without its address."""


def address_of(url: str) -> str:
    """Return a channel's address, fetched from where it is kept. Raises ``Unreachable``."""
    if not is_reference(url):
        return url
    kind, _, place = url.partition(":")
    found = _from_file(Path(place)) if kind == "file" else os.environ.get(place, "").strip()
    if not found:
        raise Unreachable(f"Nothing is kept at {url}.")
    return found


def post(url: str, subject: str, text: str, *, seconds: float = 0) -> Outcome:
    """Hand one message to one address and wait for the answer, so long between packets (0: as usual)."""
    try:
        courier = _courier(url, seconds or ANSWER_SECONDS)
    except Unreachable as error:
        return Outcome(Ending.REFUSED, str(error))
    result = courier.notify(body=text, title=subject, body_format="text", log_level=logging.DEBUG)
    if result:
        return Outcome(Ending.SENT)
    return judged([line for entry in result.logs() if (line := str(entry.message)).startswith(TELLING)])


def usable(url: str) -> bool:
    """Tell whether apprise understands an address."""
    try:
        _courier(url, ANSWER_SECONDS)
    except Unreachable:
        return False
    return True


def _courier(url: str, seconds: float) -> Apprise:
    apprise = _apprise()
    known: Apprise = apprise.Apprise(asset=apprise.AppriseAsset(async_mode=False, secure_logging=True))
    timed = f"{url}{'&' if '?' in url else '?'}cto={min(seconds, CONNECT_SECONDS)}&rto={seconds}"
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'imghdr' is deprecated", DeprecationWarning)
        if not known.add(timed):
            raise Unreachable("Its address is none that can be sent to.")
    return known


@cache
def _apprise() -> Any:
    """Load apprise when it is first needed: it takes longer than the rest of the program. It logs for us alone."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'imghdr' is deprecated", DeprecationWarning)
        import apprise  # noqa: PLC0415
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # its lines repeat addresses
    logger = logging.getLogger("apprise")
    logger.propagate = False
    logger.setLevel(logging.DEBUG)  # what a failure means stands in its quietest lines; they go nowhere else
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    return apprise


def _from_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
