"""Since when all writing is frozen, as whoever meets the freeze is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from app.access.engine.errand import Errand, Frozen, Orders, demand
from app.core.acting import Acting
from app.core.parts import KEY
from app.core.said import spoken
from app.directory.actions import freeze
from app.models.access.words import WaveState


def test_a_wave_that_meets_a_freeze_says_since_when_in_the_zone_of_the_site(
    app: Flask,
) -> None:
    parts = app.extensions[KEY]
    with parts.acting("olga") as act:
        freeze(act, reason="Something is wrong")
        berlin = replace(act.settings, timezone="Europe/Berlin")
        here = Acting(act.session, "rung", act.now, berlin)
        with pytest.raises(Frozen) as met:
            demand(here, Errand.__new__(Errand), Orders(WaveState.APPLYING))
    told = met.value.message
    assert told == "All writing is frozen since 2 Mar, 10:00 CET by olga."
    with app.test_request_context(headers={"Accept-Language": "de"}):
        assert "10:00" in spoken(told) and "olga" in spoken(told) != told
