"""Some hundred faults on every directory: nobody loses a right, every undo is exact, the journal is
whole.

``make chaos`` does the same for ten thousand.
"""

from __future__ import annotations

import time
from contextlib import ExitStack

import pytest

from app.core.settings import Settings
from tests.chaos.lives import Lives
from tests.chaos.places import FAMILIES, a_place, missing
from tests.chaos.scenario import Scenario
from tests.chaos.tally import Tally
from tests.ldap_sync import server_samba
from tests.ldap_sync.process import demand

FAULTS, SECONDS = 90, 10
"""How many faults each directory has to stand, and after how long no further wave begins."""

SEED = 20260302


@pytest.mark.parametrize("family", FAMILIES)
def test_nobody_loses_anything_whatever_breaks(
    family: str, settings: Settings, tmp_path_factory: pytest.TempPathFactory
):
    demand(missing(family))
    domain = server_samba.domain(tmp_path_factory) if family == "samba" else None
    tally = Tally()
    with ExitStack() as stack:
        place = stack.enter_context(a_place(family, settings, domain))
        hands = stack.enter_context(Lives()), stack.enter_context(Lives())
        number, until = 0, time.monotonic() + SECONDS
        while tally.total < FAULTS and (not number or time.monotonic() < until):
            scenario = Scenario(place, *hands, f"{SEED}:{family}:{number}")
            found = scenario.run()
            tally.add(family, found, scenario.luck.counted())
            number += 1
    assert not tally.wrong, tally.wrong
    assert tally.total
