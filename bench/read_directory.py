"""How fast a whole directory is read from slapd, beside ldapsearch.

Run ``python -m bench.read_directory``.

A number of people and one of groups may follow, else 20,000 and 2,000, with 100 members in each
group. Read and kept in the database, everything and changes alone; both accounts are compared as
they always are, but where nothing is kept.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from flask import Flask

from app.core import schema
from app.core.db import Database
from app.core.parts import KEY, Parts
from app.core.settings import Settings
from app.directory.actions import add_directory, read_now
from app.directory.rules import DirectoryValues
from app.factory import create_app
from app.models.directory import Reading
from ldap_sync.adapter import open_reader
from tests.ldap_sync.servers import ADMIN, GROUPS, PASSWORD, PEOPLE, SUFFIX, Slapd

ROUNDS = 4
OLD = "entryCSN: 20250101000000.000000Z#000000#000#000000\n"
"""Nobody was changed for long: what was changed within ten minutes is always read again."""
MEMBERS = 100


def company(people: int, groups: int) -> Iterator[str]:
    """Yield LDIF of people with eight attributes and groups with about a hundred members, the same
    every time.
    """
    chance = random.Random(1)
    names = [f"p{number:06}" for number in range(people)]
    for name in names:
        yield (
            f"dn: uid={name},{PEOPLE}\nobjectClass: inetOrgPerson\nuid: {name}\ncn: Person "
            f"{name}\nsn: {name}\n"
            f"mail: {name}@acme.test\ntitle: Clerk\nl: Berlin\n"
            f"departmentNumber: {name[-2:]}\n{OLD}\n"
        )
    for number in range(groups):
        members = chance.sample(names, min(people, MEMBERS))
        lines = "".join(f"member: uid={name},{PEOPLE}\n" for name in members)
        yield f"dn: cn=g{number},{GROUPS}\nobjectClass: groupOfNames\ncn: g{number}\n{lines}{OLD}\n"


def best(task: Callable[[], object], rounds: int) -> tuple[float, float]:
    """Return the best wall and processor seconds of some rounds, children included."""
    figures = []
    for _ in range(rounds):
        wall, cpu = time.perf_counter(), _cpu()
        task()
        figures.append((time.perf_counter() - wall, _cpu() - cpu))
    return min(wall for wall, _ in figures), min(cpu for _, cpu in figures)


def _cpu() -> float:
    usages = [
        resource.getrusage(who)
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _reading(
    app: Flask, directory_id: int, checks: bool, **how: bool
) -> Callable[[], Reading]:
    parts: Parts = app.extensions[KEY]

    def read() -> Reading:
        reading = read_now(parts, directory_id, by="bench", **how)
        assert not checks or reading.changes == 0, reading.changes
        return reading

    return read


def _connected(parts: Parts, server: Slapd) -> int:
    reached = server.connection()
    secret = parts.settings.home / "secrets" / "bench"
    secret.write_text(server.password)
    secrets = dict.fromkeys(("bind_password", "write_password"), f"file:{secret}")
    with parts.acting("bench") as act:
        names = DirectoryValues.__dataclass_fields__.keys() & {
            *("url", "base", "people_base", "group_base", "role_base"),
            *("bind_dn", "write_dn", "security"),
        }
        values = {name: getattr(reached, name) for name in names}
        return add_directory(
            act, DirectoryValues("Bench", **values, **secrets), parts.trust
        ).id


def _ten_changes(server: Slapd) -> None:
    """Take ten people out of ten groups and put ten others in: ten groups change."""
    for number in range(10):
        group = f"cn=g{number},{GROUPS}"
        gone = server.values(group)[0]
        server.take(group, gone)


def main(people: int = 20_000, groups: int = 2_000) -> None:
    """Load a made-up company and print a line per way of reading it, with the processor time of
    the reader as a multiple of ldapsearch's.
    """
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        Slapd(ldif="".join(company(people, groups))) as server,
    ):
        out = Path(folder) / "everything.ldif"
        search = [
            *(
                "ldapsearch",
                "-x",
                "-LLL",
                "-H",
                server.url,
                "-D",
                ADMIN,
                "-w",
                PASSWORD,
            ),
            *("-b", SUFFIX, "*", "entryUUID"),
        ]

        def with_ldapsearch() -> None:
            with out.open("wb") as file:
                subprocess.run(search, check=True, stdout=file)

        def raw() -> None:
            reader = open_reader(server.connection(write_dn=""))
            snapshot = reader.read(lambda _what, _count: None)
            reader.close()
            assert (len(snapshot.people), len(snapshot.groups)) == (people, groups)

        def check() -> None:
            reader = open_reader(server.connection())
            assert reader.check().ok
            reader.close()

        app = _app(Path(folder))
        here = _connected(app.extensions[KEY], server)
        peer = _row("ldapsearch to a file", with_ldapsearch)
        _row("read, nothing kept", raw, peer, goal=5)
        first = _row(
            "first reading, stored", _reading(app, here, False), peer, 1, goal=15
        )
        _row("everything again, unchanged", _reading(app, here, True, full=True), peer)
        _ten_changes(server)
        _reading(app, here, False)()
        _row("reading of changes, unchanged", _reading(app, here, True), peer, goal=2)
        for number in range(ROUNDS):
            _ten_changes(server)
            _row(
                f"after 10 changes, round {number + 1}",
                _reading(app, here, False),
                peer,
                1,
                goal=1,
            )
        _row("directory check", check, first, 2, goal=0.5, of="the first reading")


def _app(folder: Path) -> Flask:
    home = folder / "home"
    (home / "secrets").mkdir(parents=True)
    url = f"sqlite:///{folder / 'rung.db'}"
    database = Database(url, audit_key=home / "audit_key")
    schema.upgrade(database)
    database.dispose()
    settings = Settings(
        home=home, database_url=url, secret_key="bench " * 8, plaintext_ldap=True
    )
    return create_app(settings)


def _row(
    name: str,
    task: Callable[[], object],
    peer: float = 0,
    rounds: int = ROUNDS,
    *,
    goal: float = 0,
    of: str = "ldapsearch",
) -> float:
    wall, cpu = best(task, rounds)
    ratio = f"{cpu / peer:5.2f} x {of}" if peer else ""
    wanted = f" (to be at most {goal})" if goal else ""
    print(
        f"{name:32} {wall:6.2f} s, processor {cpu:6.3f} s  {ratio}{wanted}", flush=True
    )
    return cpu


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
