"""What a telephone system tells of a call: whether it is genuine, and where the call stands."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from app.core.errors import Forbidden, Invalid
from app.core.said import said as _said

WINDOW = timedelta(minutes=5)
"""A message older or newer than this is not believed: it may have been recorded."""

EVENTS = ("new call", "answer", "hang-up")
LONGEST = 200


@dataclass(frozen=True, slots=True)
class CallTold:
    """One message of the telephone system.

    ``key`` names the call; ``agent`` is an operator or his extension.
    """

    event: str
    key: str
    number: str = ""
    agent: str = ""
    at: datetime | None = None


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Return the HMAC-SHA256 over the timestamp, a full stop and the body, as hex digits."""
    return hmac.new(
        secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256
    ).hexdigest()


def demand_genuine(
    secret: str, timestamp: str, body: bytes, signed: str, now: datetime
) -> None:
    """Raise ``Forbidden`` unless the message is signed with the secret and of these minutes."""
    expected = signature(secret, timestamp, body)
    if not hmac.compare_digest(
        expected.encode(), signed.strip().removeprefix("sha256=").encode()
    ):
        raise Forbidden(_said("The signature does not fit the timestamp and the body."))
    if not timestamp.isdecimal() or len(timestamp) > 10:
        raise Forbidden(
            _said("X-Rung-Timestamp must be the time in seconds since 1970.")
        )
    if abs(now - datetime.fromtimestamp(int(timestamp), UTC)) > WINDOW:
        raise Forbidden(
            _said(
                "This message is more than five minutes away from now; compare "
                "the clocks."
            )
        )


def understood(body: bytes) -> CallTold:
    """Return what the message says. Raises ``Invalid`` naming the field."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise Invalid(_said("The body must be JSON."), field="body") from None
    if not isinstance(said, dict):
        raise Invalid(_said("The body must be one JSON object."), field="body")
    event, key = _text(said, "event"), _text(said, "call")
    if event not in EVENTS:
        raise Invalid(
            _said("event is one of: %(events)s.", events=", ".join(EVENTS)),
            field="event",
        )
    if not key:
        raise Invalid(
            _said("call must name the call, the same in all its events."), field="call"
        )
    return CallTold(
        event, key, _text(said, "number"), _text(said, "agent"), _moment(said.get("at"))
    )


def dialled(number: str) -> str:
    """Return a telephone number as a telephone dials it: digits, with the plus sign in front."""
    bare = number.replace("(0)", "").strip()
    return ("+" if bare.startswith("+") else "") + re.sub(r"[^0-9*#]", "", bare)


def times(
    kept: tuple[datetime | None, ...], event: str, at: datetime
) -> tuple[datetime, datetime | None, datetime | None]:
    """Return when the call came, was answered and ended, after one more event, in whatever order
    they arrive.
    """
    started, answered, ended = kept
    if event == "answer":
        answered = _first(min, answered, at)
    if event == "hang-up":
        ended = _first(max, ended, at)
    return _first(min, started, at), answered, ended


def _first(
    choose: Callable[..., datetime], kept: datetime | None, at: datetime
) -> datetime:
    return at if kept is None else choose(kept, at)


def _text(said: dict[str, Any], name: str) -> str:
    value = said.get(name, "")
    if value is None:
        return ""
    if (
        not isinstance(value, (str, int))
        or isinstance(value, bool)
        or len(str(value)) > LONGEST
    ):
        raise Invalid(
            _said(
                "%(name)s must be a text of at most %(longest)s characters.",
                name=name,
                longest=LONGEST,
            ),
            field=name,
        )
    return str(value).replace("\x00", "").strip()


def _moment(value: Any) -> datetime | None:
    if value in (None, ""):
        return None
    try:
        found = datetime.fromisoformat(value)
    except (ValueError, TypeError):
        found = None
    if found is None or found.tzinfo is None:
        raise Invalid(
            _said(
                "at must be a moment with its zone, such as 2026-03-02T09:00:00+01:00."
            ),
            field="at",
        )
    return found.astimezone(UTC)
