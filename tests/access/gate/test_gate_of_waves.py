"""The gate of a wave: what others changed and whether the way back is open count beside what its
rung shows; it reports, or it stops.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.access.climb.actions import set_gate
from app.access.climb.rules import GateMode
from app.access.gate.actions import decide_wave
from app.access.gate.rules import WaveOutcome, WaveSeen, lines_of, outcome_of
from app.access.undo.health import look_at_all
from app.access.waves.confirming import confirm
from app.core.errors import Refused
from app.core.settings import Settings
from app.improvements.gate.checks import RungCheck
from app.models.improvements.iteration import Decision
from app.models.improvements.words import DecisionKind
from tests.access.builders import DemoWorld, demo_world
from tests.conftest import Clock, Rung, runner_for
from tests.pages import Pages

GOOD = WaveSeen(drift=0, undos=2, impossible=0, untried=0, quiet=True)
MET, NOT_SEEN = (
    RungCheck("participants", True, ""),
    RungCheck("participants", False, ""),
)


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[DemoWorld]:
    with demo_world(settings, clock) as world:
        yield world


@pytest.fixture
def rung(world: DemoWorld) -> Rung:
    return runner_for(world.app)


@pytest.fixture
def wave(world: DemoWorld, settings: Settings) -> int:
    """Return a wave of one person who was moved and not seen yet."""
    wave = world.wave(world.role(), "ada")
    world.approve(wave, settings)
    world.apply(wave, settings)
    world.run()
    return wave


def scale(world: DemoWorld, wave_id: int) -> None:
    with world.parts.acting("anna") as act:
        decide_wave(act, wave_id, DecisionKind.SCALE, "I am sure.")


@pytest.mark.parametrize(
    ("seen", "first", "outcome"),
    [
        (GOOD, MET, WaveOutcome.SUCCESSFUL),
        (GOOD, NOT_SEEN, WaveOutcome.INCONCLUSIVE),
        (WaveSeen(1, 2, 0, 0, True), MET, WaveOutcome.FAILED),
        (WaveSeen(0, 2, 1, 0, True), MET, WaveOutcome.FAILED),
        (WaveSeen(0, 2, 0, 1, None), MET, WaveOutcome.INCONCLUSIVE),
        (GOOD, RungCheck("finding:3", False, ""), WaveOutcome.FAILED),
        (GOOD, RungCheck("incidents", False, ""), WaveOutcome.INCONCLUSIVE),
        (
            WaveSeen(0, 2, 0, 0, False),
            RungCheck("incidents", False, ""),
            WaveOutcome.FAILED,
        ),
    ],
)
def test_unknown_is_never_counted_as_good(
    seen: WaveSeen, first: RungCheck, outcome: WaveOutcome
) -> None:
    assert outcome_of((first, *lines_of(seen)), seen) is outcome


def test_a_gate_that_reports_says_what_it_would_stop_and_lets_decide(
    world: DemoWorld, wave: int, rung: Rung
) -> None:
    told = rung("wave", "gate", str(wave), "--json")
    assert told.code == 0
    assert told.json["outcome"] == "inconclusive"
    assert (told.json["open"], told.json["stops"]) == (False, False)
    met = {line["line"]: line["met"] for line in told.json["lines"]}
    assert met["drift"] and not met["participants"] and not met["undo health"]
    assert "switched on, it would refuse to scale" in told.json["told"]
    assert rung("wave", "gate", str(wave), "--check").code == 1
    page = Pages(world.app).as_operator("chief").get(f"/waves/{wave}/decide")
    assert "what was not seen never counts as good" in page.content
    assert "switched on, it would refuse to scale" in page.content
    scale(world, wave)
    with world.database.read() as session:
        [decision] = session.query(Decision).all()
    assert any("were not tried yet" in line for line in decision.overrides)
    assert {"drift", "undo health"} <= {line["key"] for line in decision.gate}


def test_a_gate_that_is_switched_on_refuses_whatever_the_reason(
    world: DemoWorld, wave: int, rung: Rung
) -> None:
    switched = rung("role", "ladder", "Clerk", "--gate", "stop", "--json")
    assert switched.json["gate"] == "stop"
    refused = rung("wave", "decide", str(wave), "scale", "--reason", "I am sure.")
    assert refused.code == 1
    assert "Nobody says yet that it works." in refused.err
    pages = Pages(world.app).as_operator("chief")
    pages.get(f"/waves/{wave}/decide")
    page = pages.submit(kind="scale", reason="I am sure.", status=422)
    assert "Nobody says yet that it works." in page.content
    with world.parts.acting("carl") as act:
        confirm(act, wave, note="signed in")
    with pytest.raises(Refused):
        scale(world, wave)
    look_at_all(world.parts)
    told = rung("wave", "gate", str(wave), "--json")
    unmet = [line["line"] for line in told.json["lines"] if not line["met"]]
    assert unmet == ["undo", "incidents"]


def test_rolling_back_waits_for_no_gate_and_takes_one_confirmation_with_its_preview(
    world: DemoWorld, wave: int
) -> None:
    before = world.groups_of("ada")
    with world.parts.acting("anna") as act:
        set_gate(act, 1, GateMode.STOPS)
    pages = Pages(world.app).as_operator("chief")
    pages.get(f"/waves/{wave}/decide")
    page = pages.submit(kind="roll back", reason="Mail is slow.")
    assert "1 person is taken back." in page.content
    assert "mail for 1 person" in page.text and "Mail is slow." in page.content
    with world.database.read() as session:
        assert session.query(Decision).count() == 0
    page = pages.submit()
    assert page.told == "Decided: everybody is taken back now."
    world.run()
    assert world.groups_of("ada") == {"mail", "post"} != before
    shown = pages.get(f"/waves/{wave}").root.one(id="gate")
    assert "Frozen with its decision" in shown.text
    assert "get their rights by the role Clerk" in shown.text


def test_the_terminal_rolls_back_in_one_go(
    world: DemoWorld, wave: int, rung: Rung
) -> None:
    asked = ("wave", "decide", str(wave), "roll back", "--reason", "Slow.")
    wrong = ("wave", "decide", str(wave), "hold", "--reason", "Slow.", "--undo")
    assert rung(*wrong).code == 2
    assert rung(*asked, "--undo").code == 0
    world.run()
    assert world.groups_of("ada") == {"mail", "post"}


def test_the_gate_of_a_role_is_switched_on_its_page(world: DemoWorld) -> None:
    role = world.role()
    pages = Pages(world.app).as_operator("chief")
    pages.get(f"/roles/{role}/ladder")
    pages.submit(gate="stop")
    page = pages.get(f"/roles/{role}/ladder")
    chosen = page.root.one("select", name="gate").all("option", selected="")
    assert [one.attrs["value"] for one in chosen] == ["stop"]
