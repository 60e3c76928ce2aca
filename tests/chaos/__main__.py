"""Run chaos for as many faults as are asked for, or as long as is allowed, and print the tally.

    python -m tests.chaos [--faults 10000] [--minutes 60] [--seed 1] [--on slapd,389,samba,demo]
        [--page FILE]

Each scenario has the seed ``SEED:DIRECTORY:NUMBER``; ``--only NUMBER`` runs that one alone.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.chaos.lives import Lives
from tests.chaos.places import (
    FAMILIES,
    Folder,
    Place,
    a_place,
    missing,
    settings_of_its_own,
)
from tests.chaos.scenario import Scenario
from tests.chaos.tally import Tally
from tests.ldap_sync import server_samba

ANEW = 40
"""After so many scenarios a place is made anew, so that the journal does not grow for ever."""


def main() -> int:
    """Run scenarios in turn on every directory; the exit code tells whether all held."""
    said = _arguments()
    tally, until = Tally(), time.monotonic() + said.minutes * 60
    families = [one for one in said.on.split(",") if _there(one)]
    number = said.only or 0
    while tally.total < said.faults and time.monotonic() < until:
        for family in families:
            _some(said, family, number, tally, until)
        number += said.turn
        _show(tally, said.page)
        if said.only is not None:
            break
    print("\n".join(tally.wrong))
    return 1 if tally.wrong else 0


def _some(
    said: argparse.Namespace, family: str, first: int, tally: Tally, until: float
) -> None:
    """Run some scenarios on a place of their own."""
    with ExitStack() as stack:
        settings = stack.enter_context(settings_of_its_own())
        place = stack.enter_context(a_place(family, settings, _domain(family, stack)))
        lives, second = stack.enter_context(Lives()), stack.enter_context(Lives())
        Scenario(place, lives, second, "").warm_up()
        for number in range(first, first + (1 if said.only is not None else said.turn)):
            if tally.total >= said.faults or time.monotonic() > until:
                return
            _one(f"{said.seed}:{family}:{number}", place, (lives, second), tally)


def _one(seed: str, place: Place, hands: tuple[Lives, Lives], tally: Tally) -> None:
    scenario = Scenario(place, *hands, seed)
    found = scenario.run()
    tally.add(place.family, found, scenario.luck.counted())
    for sentence in found.wrong:
        print(f"{seed}: {sentence}", flush=True)


def _show(tally: Tally, page: str) -> None:
    text = "\n".join(tally.lines())
    print(f"{text}\n", flush=True)
    if page:
        Path(page).write_text(f"{text}\n", encoding="utf-8")


def _there(family: str) -> bool:
    lacking = missing(family)
    if lacking:
        print(f"left out: {lacking}", file=sys.stderr)
    return not lacking


def _domain(family: str, stack: ExitStack) -> Path | None:
    if family != "samba":
        return None
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="chaos-ad-"))
    return server_samba.domain(Folder(Path(folder)))  # type: ignore[arg-type]  # asked for a folder only


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=10_000)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--turn", type=int, default=ANEW)
    parser.add_argument("--only", type=int)
    parser.add_argument("--on", default=",".join(FAMILIES))
    parser.add_argument("--page", default="")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
