"""One right of one person on the command line: planned, and every refusal in one line."""

from __future__ import annotations

import pytest

from app.core.settings import Settings
from tests.access.builders import World, a_world, an_operator
from tests.conftest import Rung


@pytest.fixture
def world(app, database, settings: Settings) -> World:
    an_operator(database, "olga")
    return a_world(database, plans=settings.plans)


def test_a_right_is_planned_with_its_owner_reason_and_end(world: World, rung: Rung):
    done = rung(
        *("right", "give", "dot", "wiki", "--reason", "Covers for Eve", "--json"),
        *("--until", "2026-04-01", "--owner", "olga"),
    )
    assert done.code == 0
    told = done.json
    (person,) = told["people"]
    assert (told["state"], person["add"], person["remove"]) == ("planned", ["wiki"], [])
    (kept,) = told["exceptions"]
    assert (kept["right"], kept["owner"], kept["until"]) == (
        "wiki",
        "olga",
        "2026-04-01",
    )
    assert "olga" in rung("wave", "approve", "1", "--as", "olga").out


def test_a_right_is_planned_to_be_taken_as_an_accepted_loss(world: World, rung: Rung):
    done = rung("right", "take", "cyd", "wiki", "--reason", "Not used", "--json")
    assert done.code == 0
    (loss,) = done.json["losses"]
    assert (loss["person"], loss["right"], loss["reason"]) == (
        "cyd",
        "wiki",
        "Not used",
    )
    assert rung("role", "list", "--json").json["roles"] == []


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("give", "nobody", "wiki", "--reason", "x"), 1, "nobody"),
        (("give", "dot", "nothing", "--reason", "x"), 1, "nothing"),
        (("give", "dot", "mail", "--reason", "x"), 1, "Nobody can be moved"),
        (("give", "dot", "wiki", "--reason", " "), 1, "Say why."),
        (("give", "dot", "wiki"), 2, "--reason"),
        (
            ("give", "dot", "wiki", "--reason", "x", "--until", "2026-01-01"),
            1,
            "date in the future",
        ),
        (("take", "dot", "wiki", "--reason", "x"), 1, "nothing to change"),
    ],
)
def test_what_cannot_be_planned_is_said_in_one_line(
    world: World, rung: Rung, words: tuple[str, ...], code: int, says: str
):
    done = rung("right", *words)
    assert (done.code, says in done.err) == (code, True), done.err
