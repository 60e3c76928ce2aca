"""A role that could not be prepared, because the server refused for once, is prepared when the wave
is applied again.
"""

from __future__ import annotations

import pytest

from app.core.settings import Settings
from tests.access.engine.slapd_world import company
from tests.conftest import Clock
from tests.ldap_sync.servers import Demo

OTHER = 80
MAIL, POST = 1, 2
"""Which Modify of a wave brings the role into which right."""


@pytest.mark.parametrize("nth", [MAIL, POST])
def test_a_link_of_the_role_that_was_refused_once_is_made_the_next_time(
    settings: Settings, clock: Clock, nth: int
):
    with company(settings, clock, kind="demo") as world:
        rights = world.rights()
        world.role("mail", "post")
        wave = world.approved("ada")
        assert isinstance(world.server, Demo)
        world.server.faults.answer(OTHER, "out of sorts", nth=nth)
        told = world.done("wave", "apply", wave, code=3)
        assert told["state"] == "stopped"
        assert "out of sorts" in told["message"]
        assert world.states(wave) == {"ada": "approved"}
        world.done("wave", "apply", wave)
        assert world.states(wave) == {"ada": "soaking"}
        world.undone(wave)
        assert world.rights() == rights
