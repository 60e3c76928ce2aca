"""Others take a right again right after an undo has given it back: a decision ends that."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.core.settings import Settings
from tests.access.engine.slapd_world import SlapdWorld, company, person_dn, right_dn
from tests.conftest import Clock


@pytest.fixture
def taken_again(settings: Settings, clock: Clock) -> Iterator[tuple[SlapdWorld, str]]:
    """Return a company, and a wave whose undo stands in conflict over ada's mail."""
    with company(settings, clock) as world:
        world.role("mail", "post")
        wave = world.applied("ada")
        given_back = 2
        mail, ada = right_dn("mail"), person_dn("ada")
        world.doors.then(given_back, lambda: world.server.take(mail, ada))
        [told] = world.done("wave", "undo", wave, code=3)["people"]
        assert told["state"] == "conflict"
        assert f"Not back yet: {mail}." in told["reason"]
        yield world, wave


@pytest.mark.parametrize(
    ("decision", "holds"), [("theirs", {"post"}), ("ours", {"mail", "post"})]
)
def test_what_others_took_again_is_left_or_given_again_as_decided(
    taken_again: tuple[SlapdWorld, str], decision: str, holds: set[str]
):
    world, wave = taken_again
    assert world.member_of("ada") == {"clerk", "post"}
    world.done("wave", "undo", wave, "--on-conflict", decision)
    assert world.states(wave) == {"ada": "undone"}
    assert world.member_of("ada") == holds


def test_without_a_decision_nothing_more_is_taken_and_the_role_stays(
    taken_again: tuple[SlapdWorld, str],
):
    world, wave = taken_again
    world.done("wave", "undo", wave, "--on-conflict", "skip", code=3)
    assert world.states(wave) == {"ada": "conflict"}
    assert world.member_of("ada") == {"clerk", "post"}
