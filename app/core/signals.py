"""What a lower room tells the rooms above it, which it must not import: signals, each of which
somebody hears.
"""

from __future__ import annotations

from typing import Any

from blinker import NamedSignal, Namespace

SIGNALS = Namespace()


class Unheard(RuntimeError):
    """A signal is declared or sent that nobody hears: what should follow from it would silently not
    happen.
    """


def declared(name: str, says: str) -> NamedSignal:
    """Return a signal for ``create_app`` to connect; ``says`` tells what is sent and what a
    listener returns.
    """
    return SIGNALS.signal(name, says)


def tell(signal: NamedSignal, sender: Any, **told: Any) -> list[Any]:
    """Send a signal and return what its listeners answer. Raises ``Unheard`` when there is none."""
    if not signal.receivers:
        raise Unheard(f"Nobody hears the signal {signal.name}.")
    return [answer for _, answer in signal.send(sender, **told)]


def demand_heard() -> None:
    """Raise ``Unheard`` naming the declared signals that have no listener."""
    silent = sorted(name for name, signal in SIGNALS.items() if not signal.receivers)
    if silent:
        raise Unheard(
            f"Nobody hears: {', '.join(silent)}. create_app connects each signal to who hears it."
        )
