"""How fast a whole directory is read from slapd, beside ldapsearch.

Run ``python -m bench.read_directory``.

A number of people and one of groups may follow, else 20,000 and 2,000. Rung reads, counts again and
builds its values.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from ldap_sync.adapter import open_reader
from tests.ldap_sync.servers import ADMIN, GROUPS, PASSWORD, PEOPLE, SUFFIX, Slapd

ROUNDS = 4
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
            f"mail: {name}@acme.test\ntitle: Clerk\nl: Berlin\ndepartmentNumber: {name[-2:]}\n\n"
        )
    for number in range(groups):
        members = chance.sample(names, min(people, MEMBERS))
        lines = "".join(f"member: uid={name},{PEOPLE}\n" for name in members)
        yield f"dn: cn=g{number},{GROUPS}\nobjectClass: groupOfNames\ncn: g{number}\n{lines}\n"


def best(task: Callable[[], object]) -> tuple[float, float]:
    """Return the best wall and processor seconds of some rounds, children included."""
    figures = []
    for _ in range(ROUNDS):
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


def main(people: int = 20_000, groups: int = 2_000) -> None:
    """Load a made-up company and print a line per way of reading it."""
    with Slapd(ldif="".join(company(people, groups))) as server:
        search = [
            "ldapsearch",
            "-x",
            "-LLL",
            "-H",
            server.url,
            "-D",
            ADMIN,
            "-w",
            PASSWORD,
            "-b",
            SUFFIX,
            "*",
            "entryUUID",
        ]

        def with_ldapsearch() -> None:
            subprocess.run(search, check=True, stdout=subprocess.DEVNULL)

        def with_rung() -> None:
            reader = open_reader(server.connection())
            snapshot = reader.read(lambda _what, _count: None)
            reader.close()
            assert (len(snapshot.people), len(snapshot.groups)) == (people, groups)

        for name, task in (("ldapsearch", with_ldapsearch), ("rung", with_rung)):
            wall, cpu = best(task)
            print(
                f"{name:12} {people} people, {groups} groups: {wall:.2f} s, processor {cpu:.2f} s"
            )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
