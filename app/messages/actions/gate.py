"""The gate a message leaves through: whatever a provider's library connects to is looked at, at
that moment.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from ipaddress import ip_address
from typing import Any

from app.core.nets import Nets

INSIDE = (
    "Its address leads into the inner network, where channels may not go. Whoever runs this "
    "server can open a host or "
    "a net with the setting channel_nets."
)
_here: ContextVar[ChannelGate | None] = ContextVar("rung.gate", default=None)
"""The gate of what is being sent here; the providers' library hands it on to the threads it sends
from.
"""


class ClosedGate(PermissionError):
    """A connection to a place that the settings do not open."""


class ChannelGate:
    """Which nets are open for one message, and whether anything else was tried."""

    def __init__(self, nets: Nets, *, by_mail: bool) -> None:
        self.nets, self.by_mail, self.refused = nets, by_mail, False

    def look_at(self, place: Any) -> None:
        """Raise ``ClosedGate`` for an address that is not open; anything but host and port is
        closed.
        """
        if not self._is_open(place):
            self.refused = True
            raise ClosedGate(INSIDE)

    def _is_open(self, place: Any) -> bool:
        if not isinstance(place, tuple) or len(place) < 2:
            return False
        try:
            address = ip_address(str(place[0]).partition("%")[0])
        except ValueError:
            return False
        return self.nets.opens(address, int(place[1]), by_mail=self.by_mail)


@contextmanager
def gate(nets: Nets, *, by_mail: bool) -> Iterator[ChannelGate]:
    """Let what is sent here connect only where ``nets`` allow, as long as this lasts."""
    _install()
    opened = ChannelGate(nets, by_mail=by_mail)
    before = _here.set(opened)
    try:
        yield opened
    finally:
        _here.reset(before)


@cache
def _install() -> None:
    # Python tells of every connection just before it is made, with the address a name was resolved
    # to; so neither a name that changes its address nor an answer that sends elsewhere gets past
    # it.
    sys.addaudithook(_hear)


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and (opened := _here.get()) is not None:
        opened.look_at(arguments[1])
