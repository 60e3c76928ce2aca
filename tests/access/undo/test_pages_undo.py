"""Undo in the browser: what comes back, what others changed meanwhile, a decision for every value,
one person alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.access.undo import looking
from app.core.settings import Settings
from app.models.access.wave import Step, Switch
from app.models.access.words import SwitchState, WaveState
from tests.access.builders import MONDAY, DemoWorld, crowd, demo_world, group_dn
from tests.conftest import Clock
from tests.html import Node
from tests.pages import Page, Pages


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[DemoWorld]:
    """A company in which Ada and Cyd were moved to the role Clerk."""
    with demo_world(settings, clock) as world:
        world.approve(world.wave(world.role(), "ada", "cyd"), settings)
        world.apply(1, settings)
        world.run()
        yield world


@pytest.fixture
def browser(world: DemoWorld) -> Pages:
    return Pages(world.app).as_operator("anna")


def lines(page: Page, name: str = "Ada") -> list[str]:
    """Return what the preview says about each value of a person."""
    (card,) = [
        card
        for card in page.root.all("section", class_="undo-person")
        if card.one("h2").text.startswith(name)
    ]
    return [
        " ".join(part.text for part in item.all("span") if not part.all("select"))
        for item in card.all("li")
    ]


def decision(page: Page) -> Node:
    return page.root.one("main").one("select")


def state(world: DemoWorld, name: str) -> str:
    with world.database.read() as session:
        return (
            session.query(Switch)
            .filter_by(person_id=world.people[name])
            .one()
            .state.value
        )


def test_the_preview_says_what_comes_back_and_what_goes(
    browser: Pages, world: DemoWorld
) -> None:
    page = browser.get("/waves/1/undo")
    assert lines(page) == [
        "Comes back direct member of post again nobody touched it since",
        "Comes back direct member of mail again nobody touched it since",
        "Goes no longer in Clerk nobody touched it since",
    ]
    assert "6 values that Rung changed are taken back, nothing else." in page.content
    assert "Others changed meanwhile" not in page.content


def test_looking_changes_nothing(browser: Pages, world: DemoWorld) -> None:
    before = world.everything()
    browser.get("/waves/1/undo")
    assert world.everything() == before and state(world, "ada") == "soaking"


def test_what_others_changed_is_told_and_stays(
    browser: Pages, world: DemoWorld
) -> None:
    world.put_into("ada", "wiki")
    world.put_into("ada", "mail")
    world.take_out("cyd", "wiki")
    page = browser.get("/waves/1/undo")
    assert lines(page)[1] == (
        "As it was direct member of mail again others have done that already; nothing has to "
        "be written"
    )
    assert "Others changed meanwhile, and it stays so: now in wiki." in page.content
    assert (
        "Others changed meanwhile, and it stays so: no longer in wiki." in page.content
    )
    browser.submit(button="Undo wave 1 of Clerk")
    world.run()
    assert world.groups_of("ada") == {"mail", "post", "wiki"} and world.groups_of(
        "cyd"
    ) == {
        "mail",
        "post",
    }


def test_one_person_is_taken_back_alone(browser: Pages, world: DemoWorld) -> None:
    page = browser.get(f"/waves/1/undo?person={world.people['ada']}")
    assert (
        page.h1 == "Undo Ada"
        and "3 values that Rung changed" in page.content
        and "Cyd" not in page.content
    )
    page = browser.submit(reason="Wrong team")
    assert page.told == "The undo started, 1 person." and page.url == "/waves/1"
    world.run()
    assert world.groups_of("ada") == {"mail", "post"} and world.groups_of("cyd") == {
        "Clerk",
        "wiki",
    }
    assert (state(world, "ada"), state(world, "cyd")) == ("undone", "soaking")
    assert "Wrong team" in browser.get(f"/people/{world.people['ada']}").content


def test_a_group_that_is_gone_needs_a_decision_and_skipping_stops(
    browser: Pages, world: DemoWorld
) -> None:
    world.delete_group("post")
    page = browser.get(f"/waves/1/undo?person={world.people['ada']}")
    assert lines(page)[0] == "Decide direct member of post again the group is gone"
    assert "1 value needs a decision." in page.content
    assert [option.attrs["value"] for option in decision(page).all("option")] == [
        "theirs",
        "skip",
    ]
    browser.submit()
    world.run()
    assert state(world, "ada") == "conflict" and "Clerk" in world.groups_of("ada")
    page = browser.get("/waves/1")
    assert "Stopped: a person has to decide how it goes on." in page.content
    assert (
        page.root.one("main").one("a", class_="primary").text == "Decide about 1 person"
    )


def test_keeping_theirs_goes_on_without_the_value(
    browser: Pages, world: DemoWorld
) -> None:
    world.delete_group("post")
    page = browser.get(f"/waves/1/undo?person={world.people['ada']}")
    browser.submit(**{decision(page).attrs["name"]: "theirs"})
    world.run()
    assert state(world, "ada") == "undone" and world.groups_of("ada") == {"mail"}


def test_taking_ours_goes_to_the_group_that_bears_the_name_now(
    browser: Pages, world: DemoWorld
) -> None:
    world.delete_group("post")
    world.make_group("post")
    page = browser.get(f"/waves/1/undo?person={world.people['ada']}")
    assert "the group was deleted, and another one bears its name now" in lines(page)[0]
    assert [option.attrs["value"] for option in decision(page).all("option")] == [
        "ours",
        "theirs",
        "skip",
    ]
    browser.submit(**{decision(page).attrs["name"]: "ours"})
    world.run()
    assert state(world, "ada") == "undone" and world.groups_of("ada") == {
        "mail",
        "post",
    }


def test_after_a_conflict_the_preview_lists_only_what_is_left(
    browser: Pages, world: DemoWorld
) -> None:
    world.delete_group("post")
    browser.get(f"/waves/1/undo?person={world.people['ada']}")
    browser.submit()
    world.run()
    page = browser.get(f"/waves/1/undo?person={world.people['ada']}")
    assert [line.split(" again")[0] for line in lines(page)] == [
        "Decide direct member of post",
        "Goes no longer in Clerk nobody touched it since",
    ]
    assert "last try: The group is gone" in lines(page)[0]


def test_somebody_who_has_left_is_granted_nothing(
    browser: Pages, world: DemoWorld
) -> None:
    world.change_person("ada", "employeeType", "leaver")
    page = browser.get(f"/waves/1/undo?person={world.people['ada']}")
    assert (
        "Ada has left: the role is taken away, but nothing is granted any more."
        in page.content
    )
    assert lines(page)[0].startswith("Not granted stays out of post")
    browser.submit()
    world.run()
    assert world.groups_of("ada") == set()


def test_a_directory_that_is_away_is_said_and_the_journal_tells_what_it_knows(
    browser: Pages, world: DemoWorld
) -> None:
    world.server.stop()
    try:
        page = browser.get("/waves/1/undo")
        assert "The directory could not be looked at" in page.content
        assert (
            lines(page)[0]
            == "Comes back direct member of post again done by Rung, as the journal says"
        )
        assert (
            browser.submit(button="Undo wave 1 of Clerk").told
            == "The undo started, 2 people."
        )
        world.run()
        assert "It waits, and goes on by itself" in browser.get("/waves/1").content
    finally:
        world.server.start()
    world.run()
    assert world.groups_of("ada") == {"mail", "post"}


def test_a_slow_directory_is_looked_at_as_far_as_there_is_time(
    browser: Pages, world: DemoWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "LOOK_SECONDS", 0.5)
    world.server.faults.delay = 0.08
    page = browser.get("/waves/1/undo")
    world.server.faults.clear()
    assert (
        "There was no time to look at everything." in page.content
        or "did not answer within" in page.content
    )
    assert len(lines(page)) == 3 and page.form("/waves/1/undo")


def test_a_directory_that_hangs_does_not_hold_up_the_page(
    browser: Pages, world: DemoWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "LOOK_SECONDS", 0.2)
    world.server.faults.delay = 1.0
    page = browser.get("/waves/1/undo")
    world.server.faults.clear()
    assert (
        "The directory did not answer within" in page.content and len(lines(page)) == 3
    )


def test_a_lost_answer_is_told_as_unsure(browser: Pages, world: DemoWorld) -> None:
    world.server.stop()
    with world.database.write() as session:
        step = (
            session.query(Step)
            .filter(Step.sentence.startswith("Take Ada out of mail"))
            .one()
        )
        step.state, step.proof = "unknown", ""
    try:
        page = browser.get("/waves/1/undo")
        assert (
            "the answer was lost; reading decides first whether it was done"
            in lines(page)[1]
        )
    finally:
        world.server.start()


def test_before_anything_was_applied_there_is_nothing_to_undo(
    browser: Pages, world: DemoWorld
) -> None:
    world.wave(1, "ben")
    page = browser.get("/waves/2/undo")
    assert "Nothing to undo" in page.content and not page.root.one("main").all("form")
    browser.get("/waves/2/undo?person=999", status=404)
    page = browser.post("/waves/2/undo", status=422)
    assert "Cannot undo Ben: the switch is planned, not switched." in page.content


def test_people_the_wave_never_came_to_are_released_and_named(
    browser: Pages, world: DemoWorld, settings: Settings
) -> None:
    world.decide(1)
    world.approve(
        world.wave(1, "ben", "dot", accept_all_gains=True), settings, by="bob"
    )
    world.put(2, SwitchState.SOAKING, WaveState.STOPPED, "ben")
    assert "Not begun, and released: Dot." in browser.get("/waves/2/undo").content


def test_undoing_asks_for_the_password_again_and_then_goes_on(
    browser: Pages, world: DemoWorld, clock: Clock
) -> None:
    browser.get("/waves/1/undo")
    clock.forward(minutes=20)
    page = browser.submit(reason="Wrong team", status=401)
    assert "Wrong team" in page.html and state(world, "ada") == "soaking"


def test_an_undo_needs_apply_but_no_approval(world: DemoWorld) -> None:
    Pages(world.app).as_operator("rita", permissions=("read", "plan", "approve")).get(
        "/waves/1/undo", status=403
    )
    browser = Pages(world.app).as_operator("otto", permissions=("read", "apply"))
    browser.get("/waves/1/undo")
    browser.submit(button="Undo wave 1 of Clerk")
    world.run()
    assert world.groups_of("cyd") == {"mail", "post", "wiki"}


def test_a_renamed_person_is_followed(browser: Pages, world: DemoWorld) -> None:
    with world.others() as connection:
        assert connection.modify_dn(
            "uid=ada,ou=people,dc=demo,dc=example", "uid=adah"
        ), connection.result
        change = {
            "member": [
                ("MODIFY_DELETE", ["uid=ada,ou=people,dc=demo,dc=example"]),
                ("MODIFY_ADD", ["uid=adah,ou=people,dc=demo,dc=example"]),
            ]
        }
        assert connection.modify("cn=Clerk,ou=roles,dc=demo,dc=example", change), (
            connection.result
        )
    page = browser.get(f"/waves/1/undo?person={world.people['ada']}")
    assert (
        "Renamed or moved since, to uid=adah,ou=people,dc=demo,dc=example; the undo follows."
        in page.content
    )
    assert lines(page)[-1] == "Goes no longer in Clerk nobody touched it since"
    browser.submit()
    world.run()
    groups = world.everything()
    assert "uid=adah,ou=people,dc=demo,dc=example" in groups[group_dn("mail")]
    assert world.parts.now() == MONDAY


@pytest.fixture
def crowded(settings: Settings, clock: Clock) -> Iterator[DemoWorld]:
    """A company in which sixty people were moved to the role Clerk at once."""
    roomy = replace(settings, max_people_per_wave=60, max_share_of_group=1.0)
    with demo_world(roomy, clock, crowd(60)) as world:
        world.approve(world.wave(world.role(), *crowd(60)), roomy)
        world.apply(1, roomy)
        world.run()
        yield world


def test_a_large_wave_lists_whom_it_takes_back_page_by_page_and_finds_one_by_name(
    crowded: DemoWorld,
) -> None:
    browser = Pages(crowded.app).as_operator("anna")
    page = browser.get("/waves/1/undo")
    assert not page.root.all("section", class_="undo-person")
    assert "Comes back: mail (60), post (60)" in page.content
    rows = page.root.one(id="people").one("tbody").all("tr")
    assert (len(rows), "1–50 of 60" in page.content) == (50, True)
    assert "nobody touched it since" in rows[0].text
    assert "P059" in browser.get("/waves/1/undo?page=2").content
    found = browser.get("/waves/1/undo?q=p007", fragment=True)
    assert "P007" in found.text and "P008" not in found.text
    assert len(page.text) < 60_000


def test_what_needs_a_decision_is_told_before_the_list_and_the_rest_is_decided_together(
    crowded: DemoWorld,
) -> None:
    crowded.delete_group("mail")
    browser = Pages(crowded.app).as_operator("anna")
    page = browser.get("/waves/1/undo")
    assert len(page.root.all("section", class_="undo-person")) == 20
    assert "40 more need a decision" in page.content
    browser.post("/waves/1/undo", {"decide-others": "theirs"})
    with crowded.database.read() as session:
        asked = session.query(Switch).filter_by(person_id=crowded.people["p059"]).one()
    assert asked.on_conflict["*"] == "theirs"
