"""Influence scripts on the command line."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.parts import KEY
from tests.catalog.scripts.test_scripts import STRICTER, a_draft, in_force
from tests.catalog.scripts.trees import TILLS
from tests.conftest import Rung
from tests.incidents.builders import Desk


@pytest.fixture
def shop(app: Flask) -> Desk:
    return Desk(app.extensions[KEY].database)


def test_the_check_ends_with_one_when_there_are_faults(rung: Rung, shop: Desk) -> None:
    service = shop.service()
    good, bad = (
        a_draft(shop, service),
        a_draft(shop, service, {**TILLS, "start": "other"}),
    )
    assert (
        rung("script", "check", str(good)).code,
        rung("script", "check", str(bad)).code,
    ) == (
        0,
        1,
    )
    found = rung("script", "check", str(bad), "--json")
    assert [fault["question"] for fault in found.json["faults"]] == ["where"]
    refused = rung("script", "publish", str(bad))
    assert refused.code == 1 and "never asked" in refused.err


def test_a_draft_is_published(rung: Rung, shop: Desk) -> None:
    service = shop.service()
    in_force(shop, service)
    draft = a_draft(shop, service, STRICTER)
    assert (
        rung("script", "publish", str(draft), "--note", "Stricter").out
        == "Cash desk: version 2 is asked from now on.\n"
    )
    assert rung("script", "check", "99").code == 1
