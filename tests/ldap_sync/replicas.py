"""Two slapd that keep one directory, each following the other."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from tests.ldap_sync.process import PATIENCE, free_port, run
from tests.ldap_sync.servers import ADMIN, PASSWORD, SUFFIX, Slapd


@dataclass
class Replica(Slapd):
    """A server that begins with all that another one has."""

    like: Slapd | None = None

    def start(self) -> Self:
        """Copy what the other one has, start the server and wait until it answers."""
        assert self.like is not None
        (self.folder / "db").mkdir()
        self._configuration.write_text(self._configured())
        there = run("slapcat", "-f", str(self.like._configuration)).stdout
        run("slapadd", "-q", "-f", str(self._configuration), text=there)
        return self.resume()


@dataclass(frozen=True)
class Pair:
    """The two servers; ``url`` names both, the preferred one first."""

    one: Slapd
    two: Slapd

    @property
    def url(self) -> str:
        return f"{self.one.url} {self.two.url}"

    def settle(self) -> None:
        """Wait until both have the same."""
        deadline = time.monotonic() + PATIENCE
        while self.contexts(self.one) != self.contexts(self.two):
            assert time.monotonic() < deadline, "the servers do not come together"
            time.sleep(0.05)

    @staticmethod
    def contexts(server: Slapd) -> list[str]:
        return server.values(SUFFIX, "contextCSN")

    @staticmethod
    def kill(server: Slapd) -> None:
        server.hang_up()
        server.kill()


@contextmanager
def a_pair(*overlays: str, access: str = "") -> Iterator[Pair]:
    """Start two servers that follow each other."""
    ports = free_port(), free_port()
    told = {"overlays": ("syncprov", *overlays)} | (
        {"access": access} if access else {}
    )
    with (
        Slapd(
            port=ports[0], first="serverID 1\n", extra=_follows(ports[1]), **told
        ) as one,
        Replica(
            port=ports[1],
            first="serverID 2\n",
            extra=_follows(ports[0]),
            like=one,
            **told,
        ) as two,
    ):
        pair = Pair(one, two)
        one.add_person("first-of-all")  # so that both have a mark to compare
        pair.settle()
        yield pair


def _follows(port: int) -> str:
    return (
        f"syncrepl rid=001 provider=ldap://127.0.0.1:{port} type=refreshAndPersist\n"
        f'  retry="1 +" searchbase={SUFFIX} bindmethod=simple binddn={ADMIN}\n'
        f'  credentials={PASSWORD} scope=sub attrs="*,+" schemachecking=off\n'
        "multiprovider on\n"
    )
