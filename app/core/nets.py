"""Which addresses lie inside: this machine, its neighbours, private nets; and what of them a
setting opens.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
MAIL = "mail"
MAIL_PORTS = frozenset({25, 465, 587})
NAME = re.compile(
    r"[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*\.?"
)
TRANSLATED = ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Nets:
    """What of the inside may be reached: networks, hosts by name, and with ``mail`` relays on the
    ports of mail.
    """

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    names: tuple[str, ...] = ()
    mail: bool = False

    def opens(self, address: Address, port: int, *, by_mail: bool) -> bool:
        """Tell whether an address may be reached at a port, ``by_mail`` when a mail goes there."""
        real = unwrapped(address)
        if is_outside(real) or any(real in network for network in self.networks):
            return True
        if self.mail and by_mail and port in MAIL_PORTS and _may_be_a_relay(real):
            return True
        return any(real in map(unwrapped, addresses_of(name)) for name in self.names)


def nets_of(text: str) -> Nets:
    """Return what a list such as ``mail, 10.1.0.0/16, hooks.intern`` opens.

    Raises ``ValueError`` naming the entry.
    """
    networks: list[IPv4Network | IPv6Network] = []
    names: list[str] = []
    for entry in filter(None, (part.strip() for part in text.split(","))):
        try:
            networks.append(ip_network(entry, strict=False))
        except ValueError:
            names.append(_name(entry))
    return Nets(
        tuple(networks), tuple(name for name in names if name != MAIL), MAIL in names
    )


def is_outside(address: Address) -> bool:
    """Tell whether an address belongs to the internet that everybody reaches."""
    return address.is_global and not address.is_multicast


def unwrapped(address: Address) -> Address:
    """Return the IPv4 address that is written as an IPv6 one, or the address itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return (
        address.ipv4_mapped
        or address.sixtofour
        or (address.teredo or (None, None))[1]
        or address
    )


def addresses_of(host: str) -> list[Address]:
    """Return all addresses a host has, however it is written; none for a host that is not known."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(_parsed(str(place[0]) for *_, place in found))


def _parsed(texts: Iterator[str]) -> Iterator[Address]:
    for text in texts:
        yield ip_address(text.partition("%")[0])


def _may_be_a_relay(address: Address) -> bool:
    return address.is_loopback or (
        address.is_private and not address.is_link_local and not address.is_unspecified
    )


def _name(entry: str) -> str:
    if not NAME.fullmatch(entry) or entry.replace(".", "").isdigit():
        raise ValueError(f"{entry} is neither a network nor the name of a host")
    return entry.lower()
