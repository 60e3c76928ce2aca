"""Move whole companies to roles on a real slapd and back, by commands: how long does it take, and
is it right?

    python -m bench.move_a_company [DATA CONVERTER [SET…]] [--roles 5] [--kills 0]

DATA is a folder with sets of "user permission" pairs (SET.txt), CONVERTER the program that makes
LDIF of them; without them an invented company is moved, the same every time. Roles are made from
the rights that most people hold exactly; each role gets one wave with everybody who fits. What the
directory holds is compared with what the company held at the start after every apply, and after the
last undo.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from app import create_app
from app.access.undo.actions import undo
from app.access.waves.actions import apply
from app.core import schema
from app.core.parts import KEY, Parts
from app.core.settings import Settings
from tests.access.builders import an_operator
from tests.access.engine.killing import Workers
from tests.access.engine.slapd_world import State, groups_of
from tests.conftest import runner_for, shut
from tests.ldap_sync.servers import (
    PASSWORD,
    PEOPLE,
    READER,
    ROLES,
    SUFFIX,
    WRITER,
    Slapd,
    group_ldif,
    person_ldif,
)

SETS = ("domino", "hc", "fire1", "apj", "emea")
PERMISSIONS, PLACEHOLDER = f"ou=permissions,{SUFFIX}", f"cn=placeholder,{SUFFIX}"
KNOWN = {SUFFIX, PEOPLE, ROLES}
"""Entries that every test server has already."""

Held = dict[str, frozenset[str]]
"""Rights (by DN) by person (DN)."""


@dataclass
class Bench:
    """One company on its server, and what has been measured."""

    server: Slapd
    app: Flask
    times: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def parts(self) -> Parts:
        """Return the parts of the app."""
        parts: Parts = self.app.extensions[KEY]
        return parts

    def rung(self, what: str, *words: str, code: int = 0) -> Any:
        """Run a command that must end with ``code``, add its time to ``what``, and return its
        JSON.
        """
        with self.timed(what):
            done = runner_for(self.app)(*words, "--json")
        if done.code != code:
            raise SystemExit(
                f"rung {' '.join(words)} ended with {done.code}: {done.err}{done.out[:500]}"
            )
        return done.json

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Add the seconds until the end of a ``with`` to those of ``what``."""
        start = time.perf_counter()
        yield
        self.times[what] += time.perf_counter() - start


def main() -> None:
    """Print one line for every set."""
    said = _arguments()
    print(
        f"{'set':8} {'people':>6} {'grants':>6} {'read':>6} {'moved':>6} {'changes':>7} "
        f"{'plan':>6} {'apply':>7} "
        f"{'per s':>6} {'undo':>7} {'per s':>6} {'kills':>5}  right?"
    )
    for name in (said.sets or SETS) if said.data else ["invented"]:
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            _report(name, *_bench(name, said, Path(folder)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("converter", type=Path, nargs="?")
    parser.add_argument("sets", nargs="*")
    parser.add_argument(
        "--roles", type=int, default=5, help="how many roles to make of each set"
    )
    parser.add_argument(
        "--kills",
        type=int,
        default=0,
        help="kill the worker at most so often in each wave",
    )
    return parser.parse_args()


def _bench(name: str, said: argparse.Namespace, folder: Path) -> tuple[Bench, bool]:
    ldif = (
        _converted(said.converter, said.data / f"{name}.txt", folder)
        if said.data
        else _invented()
    )
    settings = Settings(
        home=folder / "home",
        secret_key="bench " * 10,
        max_people_per_wave=100_000,
        max_share_of_group=1.0,
        max_deletions_per_hour=10_000_000,
    )
    clock = _Clock()
    app = create_app(settings, now=clock, ring=lambda: None)
    with Slapd(ldif=ldif) as server:
        bench = Bench(server, app)
        try:
            schema.upgrade(bench.parts.database)
            return bench, _moved_and_back(bench, said, clock)
        finally:
            shut(app)


class _Clock:
    """The time of day, which can be set ahead so that the lease of a killed worker has run out."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def _moved_and_back(bench: Bench, said: argparse.Namespace, clock: _Clock) -> bool:
    _connected(bench)
    start = groups_of(bench.server)
    held = _held(start)
    bench.counts.update(people=len(held), grants=sum(map(len, held.values())))
    done: list[str] = []
    right = True
    for number, (rights, person) in enumerate(_roles(held, said.roles), 1):
        chosen = (
            ["--from-person", person]
            if number == 1
            else [word for dn in rights for word in ("--right", dn)]
        )
        bench.rung(
            "role", "role", "new", f"role {number}", *chosen, "--realise", "nested"
        )
        whom = ("--all-fitting", "--reason", "All roles are measured at once.")
        plan = bench.rung("plan", "wave", "plan", f"role {number}", *whom)
        bench.rung("approve", "wave", "approve", str(plan["wave"]), "--as", "olga")
        before = groups_of(bench.server)
        _run(bench, "apply", str(plan["wave"]), said.kills, clock)
        right &= _as_planned(before, groups_of(bench.server), plan, held)
        bench.rung("confirm", "wave", "confirm", str(plan["wave"]), "--note", "Seen")
        bench.counts["moved"] += len(plan["people"])
        done.append(str(plan["wave"]))
    for wave in reversed(done):
        _run(bench, "undo", wave, said.kills, clock)
    end = {
        dn: values
        for dn, values in groups_of(bench.server).items()
        if not dn.endswith(ROLES)
    }
    whole = bench.rung("verify", "audit", "verify")["whole"]
    return (
        right
        and whole
        and end
        == {dn: values for dn, values in start.items() if not dn.endswith(ROLES)}
    )


def _connected(bench: Bench) -> None:
    an_operator(bench.parts.database, "olga")
    password = bench.parts.settings.secrets / "password"
    password.parent.mkdir(parents=True, exist_ok=True)
    password.write_text(PASSWORD)
    accounts = ["--bind-dn", READER, "--bind-password-file", str(password)]
    accounts += ["--write-dn", WRITER, "--write-password-file", str(password)]
    bases = [
        "--base",
        SUFFIX,
        "--people-base",
        PEOPLE,
        "--group-base",
        PERMISSIONS,
        "--role-base",
        ROLES,
    ]
    words = [
        "directory",
        "add",
        "Bench",
        bench.server.url,
        *bases,
        *accounts,
        "--plaintext",
    ]
    bench.rung("add", *words, "--placeholder", PLACEHOLDER)
    bench.rung("check", "directory", "check", "Bench")
    bench.rung("read", "sync")


def _run(bench: Bench, what: str, wave: str, kills: int, clock: _Clock) -> None:
    """Apply or undo a wave, first by workers that are killed, and count its changes."""
    if kills:
        with bench.parts.acting("olga") as act:
            deed = apply if what == "apply" else undo
            deed(act, int(wave))
        with bench.timed(what), Workers() as workers:
            _killed(bench, workers, kills, clock)
    else:
        bench.rung(what, "wave", what, wave)
    steps = bench.rung("steps", "wave", "steps", wave)["steps"]
    mine = [step for step in steps if bool(step["reverses"]) == (what == "undo")]
    if any(step["state"] != "done" for step in mine):
        raise SystemExit(
            f"{what} of wave {wave}: {Counter(step['state'] for step in mine)}"
        )
    bench.counts[what] += len(mine)


def _killed(bench: Bench, workers: Workers, kills: int, clock: _Clock) -> None:
    chance = random.Random(2026)
    for kill in range(kills + 1):
        clock.ahead += timedelta(seconds=bench.parts.settings.lease_seconds + 1)
        points = 0 if kill == kills else chance.randint(1, 400)
        if not workers.dies(points, bench.parts.settings, clock()):
            return
        bench.counts["kills"] += 1


def _converted(converter: Path, pairs: Path, folder: Path) -> str:
    command = [
        sys.executable,
        str(converter),
        str(pairs),
        str(folder),
        "--suffix",
        SUFFIX,
        "--no-memberof",
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    text = (folder / "base.ldif").read_text(encoding="utf-8")
    records = (record for record in text.split("\n\n") if record.strip())
    wanted = (
        record
        for record in records
        if record.splitlines()[0].removeprefix("dn: ") not in KNOWN
    )
    return (
        "\n\n".join(
            record for record in wanted if f",{ROLES}" not in record.splitlines()[0]
        )
        + "\n"
    )


def _invented(people: int = 200, rights: int = 60, jobs: int = 12) -> str:
    """Return a company in which most people hold what one of some jobs needs, and some a right
    more.
    """
    chance = random.Random(7)
    needs = [chance.sample(range(rights), chance.randint(3, 8)) for _ in range(jobs)]
    holders: dict[int, list[str]] = defaultdict(list)
    for number in range(people):
        more = [chance.randrange(rights)] if chance.random() < 0.2 else []
        for right in {*chance.choice(needs), *more}:
            holders[right].append(f"uid=u{number:05},{PEOPLE}")
    records = [f"dn: {PERMISSIONS}\nobjectClass: organizationalUnit\nou: permissions\n"]
    records += [person_ldif(f"u{number:05}") for number in range(people)]
    for right, members in sorted(holders.items()):
        records.append(
            group_ldif(
                f"p{right:05}",
                [PLACEHOLDER, *members],
                dn=f"cn=p{right:05},{PERMISSIONS}",
            )
        )
    return "\n".join(records)


def _held(state: State) -> Held:
    """Return who is listed where, people only."""
    found: dict[str, set[str]] = defaultdict(set)
    for dn, values in state.items():
        for value in values:
            if value.endswith(PEOPLE):
                found[value].add(dn)
    return {person: frozenset(rights) for person, rights in found.items()}


def _roles(held: Held, count: int) -> list[tuple[frozenset[str], str]]:
    """Return the rights that most people hold exactly, each with the uid of somebody who does."""
    people: dict[frozenset[str], list[str]] = defaultdict(list)
    for person, rights in held.items():
        people[rights].append(person)
    biggest = sorted(
        people.items(), key=lambda item: (-len(item[1]), -len(item[0]), sorted(item[1]))
    )
    return [(rights, _uid(sorted(who)[0])) for rights, who in biggest[:count]]


def _as_planned(
    before: State, after: State, plan: Mapping[str, Any], start: Held
) -> bool:
    """Tell whether exactly the planned people changed as planned, and everybody still reaches what
    they ever held.
    """
    was, now = _held(before), _held(after)
    moved = {person["person"]: person for person in plan["people"]}
    for dn in start:
        told = moved.get(_uid(dn), {"add": [], "remove": []})
        names = {_cn(group): group for group in after}
        wanted = was[dn] | {names[cn] for cn in told["add"]}
        if now[dn] != wanted - {names[cn] for cn in told["remove"]}:
            return False
    parents = _parents(after)
    return all(rights <= _reached(now[dn], parents) for dn, rights in start.items())


def _parents(state: State) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for dn, values in state.items():
        for value in values:
            found[value].add(dn)
    return found


def _reached(groups: frozenset[str], parents: Mapping[str, set[str]]) -> set[str]:
    found, waiting = set(groups), list(groups)
    while waiting:
        fresh = parents.get(waiting.pop(), set()) - found
        found |= fresh
        waiting.extend(fresh)
    return found


def _uid(dn: str) -> str:
    return dn.partition(",")[0].removeprefix("uid=")


def _cn(dn: str) -> str:
    return dn.partition(",")[0].removeprefix("cn=")


def _report(name: str, bench: Bench, right: bool) -> None:
    counts, times = bench.counts, bench.times
    rate = {
        what: counts[what] / times[what] if times[what] else 0
        for what in ("apply", "undo")
    }
    print(
        f"{name:8} {counts['people']:6,} {counts['grants']:6,} {times['read']:5.1f}s "
        f"{counts['moved']:6,} "
        f"{counts['apply']:7,} {times['plan']:5.1f}s {times['apply']:6.1f}s "
        f"{rate['apply']:6.0f} {times['undo']:6.1f}s "
        f"{rate['undo']:6.0f} {counts['kills']:5}  {'yes' if right else 'NO'}",
        flush=True,
    )


if __name__ == "__main__":
    main()
