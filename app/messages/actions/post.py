"""The one place where a message leaves: one address, one try, one outcome; apprise speaks with the
providers.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from email.utils import make_msgid
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from app.core.errors import Away
from app.core.nets import addresses_of, nets_of
from app.core.references import fetched, is_reference
from app.core.trust import Trust
from app.messages.actions.gate import INSIDE, gate
from app.messages.rules.addresses import MARK, in_both_forms, is_mail, is_open_scheme
from app.messages.rules.delivery import DeliveryOutcome, Ending, judged
from app.messages.rules.letters import written_as_html

if TYPE_CHECKING:
    from apprise import Apprise

TELLING = (
    "Socket Exception",
    "A Connection error",
    "Connection error",
    "Failed to send",
    "SMTP recipient",
)
"""How lines begin that say why a message was not taken; others repeat the message itself."""

SOMEBODY = "a@a.example"
_name: ContextVar[str] = ContextVar("rung.mail_id", default="")
_text: ContextVar[str] = ContextVar("rung.mail_text", default="")
CONNECT_SECONDS, ANSWER_SECONDS = 10.0, 20.0


class Unreachable(Exception):
    """A channel cannot be used as it is set up; the message says why, without its address."""


def address_of(url: str, trust: Trust) -> str:
    """Return a channel's address, fetched from where it is kept. Raises ``Unreachable``."""
    if not is_reference(url):
        return url
    try:
        return fetched(url, trust).strip()
    except Away as error:
        raise Unreachable(error.message) from error


def post(
    url: str,
    subject: str,
    text: str,
    trust: Trust,
    *,
    seconds: float = 0,
    mail_id: str = "",
    html: str = "",
    files: Sequence[tuple[Path, str]] = (),
) -> DeliveryOutcome:
    """Hand one message to one address and wait for the answer, so long between packets (0: as
    usual).

    A mail bears ``mail_id`` as its Message-ID; without one the library makes one up. With a
    language in ``html`` it bears the text as our own HTML too. ``files`` go along, each with the
    name it is to have.

    Connections into the inner network are refused, unless the settings open the place.
    """
    written = written_as_html(text, html) if html else ""
    both = in_both_forms(url) if written else ""
    try:
        courier = _courier(both or url, seconds or ANSWER_SECONDS)
    except Unreachable as error:
        return DeliveryOutcome(Ending.REFUSED, str(error))
    with (
        gate(nets_of(trust.channel_nets), by_mail=is_mail(url)) as guarded,
        _told(_name, mail_id),
        _told(_text, text if both else ""),
    ):
        result = courier.notify(
            body=written if both else text,
            title=subject,
            body_format="html" if both else "text",
            log_level=logging.DEBUG,
            attach=_attached(files),
        )
    if guarded.refused:
        return DeliveryOutcome(Ending.REFUSED, INSIDE)
    if result:
        return DeliveryOutcome(Ending.SENT)
    return judged(
        [
            line
            for entry in result.logs()
            if (line := str(entry.message)).startswith(TELLING)
        ]
    )


def inner_problem(url: str, trust: Trust) -> str:
    """Return why an address, written out, leads where channels may not go, or nothing.

    Asks for the host's addresses.

    The same is looked at when something is sent; this only says it while somebody still sits before
    the form.
    """
    if not is_open_scheme(url):
        return ""
    try:
        known = _courier(url.replace(MARK, SOMEBODY), ANSWER_SECONDS)
    except Unreachable as error:
        return str(error)
    nets, by_mail = nets_of(trust.channel_nets), is_mail(url)
    places = {
        (str(getattr(one, "smtp_host", "") or one.host), int(one.port or 0))
        for one in known
    }
    for host, port in places:
        if not all(
            nets.opens(address, port, by_mail=by_mail) for address in addresses_of(host)
        ):
            return INSIDE
    return ""


def usable(url: str) -> bool:
    """Tell whether apprise understands an address."""
    try:
        _courier(url, ANSWER_SECONDS)
    except Unreachable:
        return False
    return True


def _courier(url: str, seconds: float) -> Apprise:
    apprise = _apprise()
    known: Apprise = apprise.Apprise(
        asset=apprise.AppriseAsset(async_mode=False, secure_logging=True)
    )
    timed = f"{url}{'&' if '?' in url else '?'}cto={min(seconds, CONNECT_SECONDS)}&rto={seconds}"
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'imghdr' is deprecated", DeprecationWarning)
        if not known.add(timed):
            raise Unreachable("Its address is none that can be sent to.")
    return known


def _attached(files: Sequence[tuple[Path, str]]) -> Any:
    if not files:
        return None
    going_along = _apprise().AppriseAttachment()
    for path, name in files:
        going_along.add(f"file://{quote(str(path))}?name={quote(name, safe='')}")
    return going_along


@contextmanager
def _told(what: ContextVar[str], value: str) -> Iterator[None]:
    before = what.set(value)
    try:
        yield
    finally:
        what.reset(before)


def _message_id(idstring: str | None = None, domain: str | None = None) -> str:
    return _name.get() or make_msgid(idstring, domain)


def _plain_text(converted: Callable[..., str], *of: Any, **told: Any) -> str:
    return _text.get() or converted(*of, **told)


@cache
def _apprise() -> Any:
    """Load apprise when it is first needed: it takes longer than the rest of the program.

    It logs for us alone.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'imghdr' is deprecated", DeprecationWarning)
        import apprise  # noqa: PLC0415
        from apprise.plugins.email import base  # noqa: PLC0415
    vars(base)["make_msgid"] = (
        _message_id  # it takes no Message-ID from outside, and a second one would break the mail
    )
    vars(base)["convert_between"] = partial(
        _plain_text, vars(base)["convert_between"]
    )  # it would guess our text from our HTML
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # its lines repeat addresses
    logger = logging.getLogger("apprise")
    logger.propagate = False
    logger.setLevel(
        logging.DEBUG
    )  # what a failure means stands in its quietest lines; they go nowhere else
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    return apprise
