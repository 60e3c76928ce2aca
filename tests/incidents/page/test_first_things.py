"""What a page of an incident offers first, as rules."""

from __future__ import annotations

import pytest

from app.incidents.page.rules import Trouble, alarms, first_deed, is_automatic


@pytest.mark.parametrize(
    ("state", "agent", "deed"),
    [
        ("new", "", "take"),
        ("assigned", "dora", "restore"),
        ("in progress", "dora", "restore"),
        ("in progress", "ben", ""),
        ("waiting", "ben", "go on"),
        ("waiting", "", "go on"),
        ("restored", "ben", "close"),
        ("merged", "", "there"),
        ("closed", "dora", ""),
        ("cancelled", "", ""),
    ],
)
def test_the_first_deed_follows_the_state_and_who_has_it(
    state: str, agent: str, deed: str
) -> None:
    assert first_deed(state, agent, "dora") == deed


def test_a_late_message_is_more_urgent_than_all_else() -> None:
    everything = Trouble(
        late=True,
        asked=True,
        management=True,
        mass=True,
        parent=True,
        joinable=True,
        alike=True,
    )
    found = alarms(everything)
    assert found[0] == ("late", "bad")
    assert len(found) == 7
    assert alarms(Trouble()) == []


def test_what_the_program_does_is_told_from_what_people_do() -> None:
    assert is_automatic("raised", "dora")
    assert is_automatic("note", "rung")
    assert not is_automatic("note", "dora")
