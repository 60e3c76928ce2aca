"""Move people of one role on a real slapd and back, beside ``ldapmodify`` of the same values, pair
by pair.

    python -m bench.batches [--people 50] [--rights 22] [--pairs 3] [--batch 25] [--plain]
        [--nosync]

It also counts the Modifies that were sent beside the fewest there can be: one for each group that a
batch touches. The server keeps memberOf (memberof and refint; ``--plain``: it does not) and writes
durably (``--nosync``: it does not). Journal and verification are inside what is measured. After
every way back an export with memberOf must equal the one before.
"""

from __future__ import annotations

import argparse
import gc
import math
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app import create_app
from app.core import schema
from app.core.parts import KEY, Parts
from app.core.settings import Settings
from app.directory.actions import add_directory, check_directory, read_now
from ldap_sync.adapter.answers import Result
from ldap_sync.adapter.wire import Lost, Modify, Wire
from tests.access.builders import an_operator
from tests.access.engine.slapd_world import (
    PLACEHOLDER,
    company_ldif,
    directory_values,
    groups_of,
    memberof_of,
    person_dn,
    right_dn,
    role_dn,
)
from tests.acting import acting
from tests.conftest import Rung, runner_for, shut
from tests.ldap_sync.servers import PASSWORD, WRITER, Slapd

FILLERS = 400
"""People who hold the rights besides those who are moved: groups are not small in life."""


@dataclass
class Bench:
    """A company on its server, and the seconds that each way took, pair by pair."""

    server: Slapd
    rung: Rung
    people: Sequence[str]
    rights: Sequence[str]
    seconds: dict[str, list[float]] = field(default_factory=dict)
    busy: dict[str, list[float]] = field(default_factory=dict)
    sent: list[int] = field(default_factory=list)

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Note how long it takes until the end of a ``with``, and the processor time of our own."""
        start, busy = time.perf_counter(), time.process_time()
        yield
        self.seconds.setdefault(what, []).append(time.perf_counter() - start)
        self.busy.setdefault(what, []).append(time.process_time() - busy)

    def done(self, *words: str) -> dict[str, object]:
        """Run a command that must succeed, and return what it says."""
        done = self.rung(*words, "--json")
        if done.code:
            raise SystemExit(f"rung {' '.join(words)}: {done.err}")
        found: dict[str, object] = done.json
        return found

    def state(self) -> object:
        """Return all groups and everybody's memberOf."""
        return groups_of(self.server), memberof_of(self.server)


def main() -> None:
    """Print medians and their ratio."""
    said = _arguments()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        bench = _measured(said, Path(folder))
    up, down = _fewest(said)
    print(f"Modifies sent {bench.sent}; the fewest {up} up, {down} down")
    for way in ("apply", "undo"):
        ours, theirs = (bench.seconds[f"{way} {by}"] for by in ("rung", "ldapmodify"))
        ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
        print(
            f"{way:6} ldapmodify {statistics.median(theirs):6.2f} s   "
            f"rung {statistics.median(ours):6.2f} s "
            f"(own processor {statistics.median(bench.busy[f'{way} rung']):5.2f} s)   "
            f"ratio {ratio:.2f}"
        )


def _fewest(said: argparse.Namespace) -> tuple[int, int]:
    """Return how many groups the batches touch, up and down: the canary goes up alone."""
    groups = said.rights + 1
    up = 1 + math.ceil((said.people - 1) / said.batch)
    return up * groups, math.ceil(said.people / said.batch) * groups


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    for name, usual in (("people", 50), ("rights", 22), ("pairs", 3), ("batch", 25)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    for name in ("plain", "nosync"):
        parser.add_argument(f"--{name}", action="store_true")
    return parser.parse_args()


def _measured(said: argparse.Namespace, folder: Path) -> Bench:
    people = [f"p{number:03}" for number in range(said.people)]
    rights = [f"right{number:02}" for number in range(said.rights)]
    fillers = [f"f{number:03}" for number in range(FILLERS)]
    held = dict.fromkeys(["first", *people, *fillers], " ".join(rights))
    overlays = () if said.plain else ("memberof", "refint")
    settings = Settings(
        home=folder,
        secret_key="bench " * 10,
        batch_size=said.batch,
        max_people_per_wave=1000,
        max_share_of_group=1.0,
        max_deletions_per_hour=10_000_000,
    )
    app = create_app(settings, ring=lambda: None)
    with Slapd(overlays=overlays) as server:
        # Added over LDAP, not loaded, so that the overlay writes memberOf.
        server.add(company_ldif(held))
        if not said.nosync:
            server.now_durable()
        bench = Bench(server, runner_for(app), people, rights)
        gc.freeze()  # as the command line and the worker do once they have started
        try:
            _connected(app.extensions[KEY], server, settings)
            _run(bench, said.pairs)
        finally:
            shut(app)
    return bench


def _connected(parts: Parts, server: Slapd, settings: Settings) -> None:
    schema.upgrade(parts.database)
    an_operator(parts.database, "olga")
    values = directory_values(server.connection(), settings, (PLACEHOLDER,))
    with parts.database.write() as session:
        home = add_directory(
            acting(session, "bench", parts.now()), values, parts.trust
        ).id
    check_directory(parts, home, by="bench")
    read_now(parts, home, by="bench")


def _run(bench: Bench, pairs: int) -> None:
    chosen = [word for right in bench.rights for word in ("--right", right)]
    bench.done("role", "new", "clerk", *chosen, "--realise", "nested")
    _wave(bench, ["first"], lambda wave: bench.done("wave", "apply", wave))
    for _ in range(pairs):
        before = bench.state()
        _by_ldapmodify(bench)
        _demand(bench.state() == before, "ldapmodify did not bring everything back")
        _wave(bench, bench.people, lambda wave: _by_rung(bench, wave))
        _demand(bench.state() == before, "undo did not bring everything back")


def _wave(bench: Bench, people: Iterable[str], run: Callable[[str], object]) -> None:
    chosen = [word for person in people for word in ("--person", person)]
    wave = str(bench.done("wave", "plan", "clerk", *chosen)["wave"])
    bench.done("wave", "approve", wave, "--as", "olga")
    run(wave)


def _by_rung(bench: Bench, wave: str) -> None:
    for way in ("apply", "undo"):
        with _counted() as modifies, bench.timed(f"{way} rung"):
            bench.done("wave", way, wave)
        bench.sent.append(modifies[0])


@contextmanager
def _counted() -> Iterator[list[int]]:
    """Count the Modifies that are sent until the end of a ``with``."""
    count, sending = [0], Wire.modify_all

    def counting(
        wire: Wire, modifies: Sequence[Modify], late: Callable[[], bool]
    ) -> list[Result | Lost]:
        count[0] += len(modifies)
        return sending(wire, modifies, late)

    Wire.modify_all = counting  # type: ignore[method-assign]  # put back below
    try:
        yield count
    finally:
        Wire.modify_all = sending  # type: ignore[method-assign]


def _by_ldapmodify(bench: Bench) -> None:
    """Move everybody as an administrator would: one Modify a value, person by person."""
    up, down = [], []
    for name in bench.people:
        person, role = person_dn(name), role_dn("clerk")
        rights = [right_dn(right) for right in bench.rights]
        up.append(_change(role, "add", person))
        up += [_change(right, "delete", person) for right in rights]
        down += [_change(right, "add", person) for right in rights]
        down.append(_change(role, "delete", person))
    for way, records in (("apply", up), ("undo", down)):
        with bench.timed(f"{way} ldapmodify"):
            _ldapmodify(bench.server, "\n".join(records))


def _change(group: str, what: str, person: str) -> str:
    return f"dn: {group}\nchangetype: modify\n{what}: member\nmember: {person}\n"


def _ldapmodify(server: Slapd, ldif: str) -> None:
    words = ["ldapmodify", "-x", "-H", server.url, "-D", WRITER, "-w", PASSWORD]
    done = subprocess.run(words, input=ldif, capture_output=True, text=True)
    _demand(done.returncode == 0, done.stderr)


def _demand(holds: bool, otherwise: str) -> None:
    if not holds:
        raise SystemExit(otherwise)


if __name__ == "__main__":
    main()
