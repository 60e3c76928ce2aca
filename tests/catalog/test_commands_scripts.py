"""Influence scripts on the command line."""

from __future__ import annotations

import pytest
from flask import Flask

from app.core.parts import KEY
from tests.catalog.scripts import TILLS
from tests.catalog.test_scripts import STRICTER, a_draft, classified, in_force
from tests.conftest import Rung
from tests.incidents.builders import Desk


@pytest.fixture
def shop(app: Flask) -> Desk:
    return Desk(app.extensions[KEY].database)


def test_scripts_are_listed_by_service(rung: Rung, shop: Desk) -> None:
    assert rung("script", "list").out == "There are no services yet.\n"
    in_force(shop, shop.service())
    shop.service("Mail")
    assert [
        (each["service"], each["published"]) for each in rung("script", "list", "--json").json
    ] == [
        ("Cash desk", 1),
        ("Mail", None),
    ]


def test_a_version_is_shown_as_a_tree(rung: Rung, shop: Desk) -> None:
    draft = a_draft(shop, shop.service())
    assert rung("script", "show", str(draft)).out.splitlines() == [
        "Cash desk, version 1, draft",
        "Which tills stand still?",
        "  In several outlets -> impact 1",
        "  All of one outlet -> impact 2",
        "  Some of one outlet -> Is another till free?",
        "    No -> impact 3",
        "    Yes -> impact 4",
    ]
    assert rung("script", "show", "99").code == 1


def test_the_check_ends_with_one_when_there_are_faults(rung: Rung, shop: Desk) -> None:
    service = shop.service()
    good, bad = a_draft(shop, service), a_draft(shop, service, {**TILLS, "start": "other"})
    assert (rung("script", "check", str(good)).code, rung("script", "check", str(bad)).code) == (
        0,
        1,
    )
    found = rung("script", "check", str(bad), "--json")
    assert [fault["question"] for fault in found.json["faults"]] == ["where"]
    refused = rung("script", "publish", str(bad))
    assert refused.code == 1 and "never asked" in refused.err


def test_the_bench_and_publishing(rung: Rung, shop: Desk) -> None:
    service = shop.service()
    old = in_force(shop, service)
    moved = classified(shop, service, old, "where:2", "other:0")
    draft = a_draft(shop, service, STRICTER)
    assert rung("script", "bench", str(draft)).out.splitlines() == [
        "1 incident: 1 would change, 0 can no longer be answered, 0 stay.",
        f"#{moved}: impact 3 -> 2, P2 -> P1",
    ]
    assert rung("script", "bench", str(draft), "--json").json[0]["outcome"] == "changed"
    assert (
        rung("script", "publish", str(draft), "--note", "Stricter").out
        == "Cash desk: version 2 is asked from now on.\n"
    )
