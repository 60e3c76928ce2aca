"""From an idea to the decision on the command line."""

from __future__ import annotations

import pytest

from tests.conftest import Rung
from tests.improvements.builders import Room, an_operator


@pytest.fixture(autouse=True)
def operator(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    an_operator(room.database, "anna")
    monkeypatch.setenv("RUNG_OPERATOR", "anna")


def test_an_idea_is_tried_decided_and_goes_on(rung: Rung) -> None:
    assert rung("improvement", "raise", "Calls go to one number").out == (
        "Raised improvement 1: Calls go to one number\n"
    )
    begun = ("--who", "Ada", "--what", "Ada calls one number", "--owner", "anna")
    out = rung("iteration", "start", "1", *begun).out
    assert "Rung 1 of improvement 1 is running until" in out
    assert "Ada: asked" in out
    assert "Ada: using it" in rung("iteration", "move", "1", "using").out
    done = rung("iteration", "move", "1", "works", "--confirmed-by", "Ada", "--json")
    assert done.json["people"] == [{"name": "Ada", "state": "says it works"}]
    rung("iteration", "rehearse", "1", "60")
    assert "Offered: scale" in rung("iteration", "review", "1").out
    assert "Decided: scale" in rung("iteration", "decide", "1", "scale").out
    assert "Rung 2 of improvement 1 is planned" in rung("iteration", "next", "1").out


def test_a_template_says_what_changes_and_offers_its_next_rung(rung: Rung) -> None:
    key = "chat-with-existing-tool"
    raised = rung("improvement", "raise", "Chat", "--template", key, "--json")
    assert raised.json == {"improvement": 1, "title": "Chat"}
    who = ("--who", "Ada", "--owner", "anna")
    told = rung("iteration", "start", "1", *who, "--json").json
    assert told["what"] == "One user who volunteered writes instead of calling."
    rung("iteration", "move", "1", "using")
    rung("iteration", "move", "1", "works", "--confirmed-by", "Ada")
    rung("iteration", "review", "1")
    rung("iteration", "decide", "1", "scale", "--reason", "It works.")
    assert rung("iteration", "decide", "1", "hold", "--reason", "Late").code == 3
    told = rung("iteration", "next", "1", "--json").json
    assert (told["size"], told["state"]) == (5, "planned")
    assert told["what"] == "One team, named, with one agent on chat."


def test_what_is_in_the_way_is_told_and_ends_with_1(rung: Rung) -> None:
    rung("improvement", "raise", "Calls")
    told = rung("iteration", "start", "1", "--owner", "anna")
    assert told.code == 1
    assert "Name who takes part." in told.err
    assert rung("iteration", "show", "1").code == 1
    assert rung("iteration", "move", "1", "using").code == 1
    assert rung("iteration", "start", "1", "--until", "soon").code == 2


def test_somebody_who_takes_no_part_is_named(rung: Rung) -> None:
    rung("improvement", "raise", "Calls")
    plan = ("--who", "Ada", "--what", "It is tried", "--owner", "anna")
    rung("iteration", "start", "1", *plan)
    told = rung("iteration", "move", "1", "using", "--who", "Ben")
    assert (told.code, "Ben does not take part." in told.err) == (1, True)
