"""The main job in the browser, without script, on a real directory: role, plan, approve, apply,
confirm, undo.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.core import audit
from app.core.settings import Settings
from tests.access.builders import DemoWorld, demo_world, tiles
from tests.conftest import Clock
from tests.pages import Pages


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[DemoWorld]:
    with demo_world(settings, clock) as world:
        yield world


def test_one_person_is_moved_seen_confirmed_and_comes_back_exactly(
    world: DemoWorld,
) -> None:
    start = world.everything()
    anna, ben = (
        Pages(world.app).as_operator("anna"),
        Pages(world.app).as_operator("ben"),
    )

    anna.get(f"/people/{world.people['ada']}")
    anna.get("/roles/new?from_person=ada")
    anna.submit(name="Clerk", purpose="Opens the post")
    page = anna.submit("/roles/1/plan", person=[world.people["ada"]])
    page = anna.submit(button="Make the plan")
    assert tiles(page) == {
        "people chosen are moved": "1 of 1",
        "rights held are lost": "0 of 2",
        "rights afterwards are gains": "0 of 2",
        "extra rights kept as exceptions": "0 of 0",
    }
    assert world.everything() == start

    ben.get("/waves/1")
    ben.submit("/waves/1/approve")
    anna.get("/waves/1")
    anna.submit("/waves/1/apply")
    assert world.everything() == start, "the request never talks to the directory"

    world.run()
    page = anna.get("/waves/1")
    assert page.rows("How far each person is") == [
        [
            "Ada",
            "waiting to be seen working",
            "3 of 3 seen 2 Mar 2026, 09:00",
            "–",
            "–",
            "2 of 2",
            "",
        ]
    ]
    assert world.groups_of("ada") == {"Clerk"}

    page = anna.submit("/waves/1/confirm", note="Ada opened the post book")
    assert "Everybody who was moved was seen working." in page.content

    page = anna.get(f"/people/{world.people['ada']}")
    anna.get(page.root.one("main").one("a", class_="primary").attrs["href"])
    anna.submit(reason="She changes the team")
    world.run()
    assert (
        "Taken back: everybody has what they had before."
        in anna.get("/waves/1").content
    )
    role_group = "cn=Clerk,ou=roles,dc=demo,dc=example"
    end = world.everything()
    assert end.pop(role_group) == ("cn=placeholder,ou=services,dc=demo,dc=example",), (
        "the emptied group stays"
    )
    assert end == start
    with world.database.read() as session:
        assert audit.verify(session) is None


def test_a_wave_of_three_with_a_loss_a_gain_and_an_exception_comes_back_exactly(
    world: DemoWorld,
) -> None:
    start = world.everything()
    anna, ben = (
        Pages(world.app).as_operator("anna"),
        Pages(world.app).as_operator("ben"),
    )
    anna.get("/roles/new?way=joiner")
    anna.submit(name="Clerk", rights=[world.rights["mail"], world.rights["post"]])
    people = [world.people[name] for name in ("ada", "cyd", "dot", "eve")]
    anna.submit("/roles/1/plan", person=people)
    cyd, dot = (
        f"{world.people[name]}-{world.rights[right]}"
        for name, right in (("cyd", "wiki"), ("dot", "post"))
    )
    lost = {f"extra-{cyd}": "lose", f"reason-{cyd}": "Left the project"}
    page = anna.submit(button="Make the plan", **lost, **{f"missing-{dot}": "gain"})
    assert (
        tiles(page)["people chosen are moved"] == "3 of 4"
        and "Eve Would gain mail, post" in page.content
    )
    ben.get("/waves/1")
    ben.submit("/waves/1/approve")
    anna.get("/waves/1")
    anna.submit("/waves/1/apply")
    world.run()
    assert {name: world.groups_of(name) for name in ("ada", "cyd", "dot", "eve")} == {
        "ada": {"Clerk"},
        "cyd": {"Clerk"},
        "dot": {"Clerk"},
        "eve": {"wiki"},
    }
    anna.get("/waves/1/undo")
    anna.submit(button="Undo wave 1 of Clerk")
    world.run()
    end = world.everything()
    end.pop("cn=Clerk,ou=roles,dc=demo,dc=example")
    assert end == start


def test_people_who_changed_since_the_plan_drop_out_and_are_named(
    world: DemoWorld, settings: Settings
) -> None:
    world.approve(world.wave(world.role(), "ada", "ben"), settings, by="cara")
    world.put_into("ada", "wiki")
    browser = Pages(world.app).as_operator("anna")
    browser.get("/waves/1")
    browser.submit("/waves/1/apply")
    world.run()
    page = browser.get("/waves/1")
    states = {row[0]: row[1] for row in page.rows("How far each person is")}
    assert states["Ben"] == "waiting to be seen working" and states["Ada"].startswith(
        "stale Changed since the plan: in 1 more group."
    )
    assert "somebody has to see them working" in page.content
    assert world.groups_of("ada") == {"mail", "post", "wiki"}
