"""A plan that is kept is the plan that runs: its hash stays what it was, and damage is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.access.document import PlanDocument
from app.access.plan.written import forward_ldif, reverse_ldif
from app.core.canonical import fingerprint
from app.core.frozen import Damaged
from app.core.settings import Settings
from app.models.access.wave import Wave
from app.models.access.words import WaveState
from tests.access.builders import DemoWorld, World, a_world, demo_world
from tests.conftest import Clock
from tests.pages import Pages

KEPT = Path(__file__).parent / "kept_plans"
SUMS = {
    "losses": (
        "aaa494e0d56e66023a208d3c9b11a699e6e4be8c234e820045cb31b0401f2544",
        "723be0dff7b552b372604a959d44a3c6287adb81c1f932deaab3e885d283e1c8",
    ),
    "privileged": (
        "92dba3c066db6b8507ff5c285a780dae44b8a6e341716b9e08295d24b2edcf0d",
        "c82b3720bc453302cccc99f94600d6c168e643650ed5fcf5483be133e1552411",
    ),
    "members": (
        "e85a0eca24af84b1865d1eb3184a81cccc97a5308ee14719b93b878b5f9b967f",
        "a3a5c366576a1fd85ffa6ffbde48a5c63082f0a3c1a0eeefe69a8a40afbd314e",
    ),
}
"""Plans as they were written before they were values of their own: the hash of each, and of its
LDIF forward and back. One has losses, listings in odd spellings and people left out, one a
privileged right, one gains of members.
"""


def kept(name: str) -> str:
    return (KEPT / f"{name}.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SUMS)
def test_a_plan_of_before_has_the_hash_it_always_had_and_makes_the_same_changes(
    name: str,
) -> None:
    text = kept(name)
    plan = PlanDocument.of_text(text)
    assert (plan.text, plan.hash) == (text, SUMS[name][0])
    assert fingerprint(forward_ldif(plan) + reverse_ldif(plan)) == SUMS[name][1]


def test_a_plan_from_before_privileged_rights_were_marked_says_nothing_of_them() -> (
    None
):
    said = json.loads(kept("losses"))
    del said["privileged"]
    plan = PlanDocument.from_json(said)
    assert plan.privileged is None and plan.to_json() == said


def forget(*path: str | int) -> Callable[[Any], None]:
    def change(plan: Any) -> None:
        for step in path[:-1]:
            plan = plan[step]
        del plan[path[-1]]

    return change


def put(value: object, *path: str | int) -> Callable[[Any], None]:
    def change(plan: Any) -> None:
        for step in path[:-1]:
            plan = plan[step]
        plan[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (forget("people"), "people is missing."),
        (forget("people", 0, "steps"), "people[0].steps is missing."),
        (forget("people", 0, "proof", "kept"), "people[0].proof.kept is missing."),
        (put("many", "people"), "people is no list."),
        (put(7, "people", 0, "dn"), "people[0].dn is no text."),
        (put("2", "role_version"), "role_version is no number."),
        (put(1, "role_group", "create"), "role_group.create is no yes or no."),
        (put([], "people", 0), "people[0] is no object."),
        (put(None, "people", 0, "name"), "people[0].name is missing."),
        (
            put({}, "people", 0, "steps", 0, "change"),
            "steps[0].change is no change of a group.",
        ),
        (
            put([], "people", 0, "steps", 0, "change", "add"),
            "a change needs at least one value.",
        ),
        (
            put([["cn"]], "prepare", 0, "change", "attributes"),
            "attributes[0] has 1 entries, not 2.",
        ),
    ],
)
def test_a_damaged_plan_says_where(
    damage: Callable[[Any], None], sentence: str
) -> None:
    said = json.loads(kept("losses"))
    damage(said)
    with pytest.raises(Damaged) as error:
        PlanDocument.from_json(said)
    assert str(error.value).endswith(sentence)


@pytest.mark.parametrize("text", ["", "no plan", "[]", '{"people": ', "null"])
def test_a_text_that_is_no_plan_is_refused(text: str) -> None:
    with pytest.raises(Damaged):
        PlanDocument.of_text(text)


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Any:
    with demo_world(settings, clock) as world:
        yield world


def write_over(world: World, wave_id: int, text: str, **columns: str) -> None:
    """Let the owner of the database write another text where the plan stood."""
    with world.database.write() as session:
        wave = session.get_one(Wave, wave_id)
        wave.plan = text
        for name, value in columns.items():
            setattr(wave, name, value)
        session.info["audit_events"] = 1


def test_the_page_of_a_wave_whose_plan_is_damaged_says_so(
    app: Any, settings: Settings
) -> None:
    world = a_world(app.extensions["rung"].database, plans=settings.plans)
    wave = world.wave(world.role(), "ada")
    write_over(world, wave, '{"people": []}')
    page = Pages(app).as_operator("anna").get(f"/waves/{wave}", status=409)
    assert (
        "The plan of wave 1 is damaged and cannot be read: directory is missing."
        in page.content
    )


def test_what_the_plan_cannot_hold_is_not_approved_in_passing(
    world: DemoWorld, settings: Settings
) -> None:
    wave = world.wave(world.role(), "ada")
    with world.database.read() as session:
        said = json.loads(session.get_one(Wave, wave).plan)
    text = json.dumps({**said, "besides": "a word nobody knows"})
    write_over(world, wave, text, plan_hash=fingerprint(text))
    page = (
        Pages(world.app).as_operator("ben").post(f"/waves/{wave}/approve", status=409)
    )
    assert "The plan of wave 1 is not what its hash says" in page.content


def test_a_wave_whose_plan_was_damaged_after_it_was_handed_over_is_held(
    world: DemoWorld, settings: Settings
) -> None:
    wave = world.wave(world.role(), "ada")
    world.approve(wave, settings)
    before = world.everything()
    world.apply(wave, settings)
    write_over(world, wave, "{}", approved_hash=fingerprint("{}"))
    world.run()
    assert world.everything() == before
    with world.database.read() as session:
        row = session.get_one(Wave, wave)
        assert row.state is WaveState.STOPPED and "is damaged" in row.message
