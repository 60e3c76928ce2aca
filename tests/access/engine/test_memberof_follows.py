"""Applications that read memberOf see every move and every undo, on a server whose check has
run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from sqlalchemy import select

from app.access.document import SeenRight
from app.access.engine.sight import Sight
from app.core.audit import AuditEvent
from app.core.settings import Settings
from app.directory.actions import (
    RepairBusy,
    ask_repair,
    run_repair,
    run_waiting_repairs,
    take_lease,
)
from app.directory.queries import last_repair
from ldap_sync.adapter import family
from ldap_sync.dn import fold_or_self
from ldap_sync.values import Profile
from tests.access.engine.slapd_world import (
    SlapdWorld,
    company,
    memberof_due,
    person_dn,
    right_dn,
    role_dn,
)
from tests.acting import acting
from tests.conftest import Clock
from tests.pages import Pages

Company = Callable[..., SlapdWorld]
KINDS = ("memberof", "memberof and refint", "demo")
ODD = {
    "Müller, Jörg": "mail post",
    "star*(x)": "mail post",
    "back\\slash": "mail post wiki",
}
"""People whose names need escaping, in DNs and in filters."""


@pytest.fixture
def start(settings: Settings, clock: Clock) -> Iterator[Company]:
    """Start a company as ``company`` does; it ends with the test."""
    with ExitStack() as stack:
        yield lambda *held, **more: stack.enter_context(
            company(settings, clock, *held, **more)
        )


def groups_shown(world: SlapdWorld, person: str) -> set[str]:
    """Return the groups a person shows in memberOf."""
    return set(world.memberof().get(fold_or_self(person_dn(person)), ()))


@pytest.mark.parametrize("realise", ["nested", "materialised"])
@pytest.mark.parametrize("kind", KINDS)
def test_memberof_is_exact_before_after_a_wave_and_after_its_undo(
    start: Company, kind: str, realise: str
):
    world = start(kind=kind)
    before = world.memberof()
    assert before == memberof_due(world.state())
    world.role("mail", "post", realise=realise)
    wave = world.applied("ada", "ben", "cyd")
    assert set(world.states(wave).values()) == {"soaking"}
    assert world.memberof() == memberof_due(world.state())
    assert fold_or_self(role_dn("clerk")) in groups_shown(world, "ada")
    assert (fold_or_self(right_dn("mail")) in groups_shown(world, "ada")) is (
        realise == "materialised"
    )
    world.undone(wave)
    assert world.memberof() == before


def test_memberof_is_exact_for_names_that_need_escaping(start: Company):
    world = start(ODD, kind="memberof and refint")
    before = world.memberof()
    world.role("mail", "post", name='Rôle*(a), "b"')
    wave = world.applied(*ODD, role='Rôle*(a), "b"')
    assert set(world.states(wave).values()) == {"soaking"}
    assert world.memberof() == memberof_due(world.state())
    world.undone(wave)
    assert world.memberof() == before


# What is told when memberOf does not follow, as every move was on slapd under an assertion on the
# identity alone.


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Return what turns the guard that leaves memberOf behind on, and off again."""
    right = family.still_behind

    def turned(on: bool) -> None:
        monkeypatch.setattr(family, "still_behind", _identity_alone if on else right)

    return turned


def _identity_alone(profile: Profile, key: str, dn: str) -> str:
    return family.has_key(profile, key)


def repair_by_hand(world: SlapdWorld, group: str, person: str) -> None:
    """Let the overlay look again at one value, as an administrator would."""
    world.server.put(group, person_dn(person))
    world.server.take(group, person_dn(person))


def test_a_right_that_memberof_still_shows_holds_the_person_and_says_so(
    start: Company, careless
):
    world = start(kind="memberof")
    world.role("mail", "post")
    wave = world.approved("ada", "ben")
    careless(True)
    told = world.done("wave", "apply", wave, code=3)
    ada, ben = told["people"]
    assert (told["state"], ada["state"], ben["state"]) == (
        "stopped",
        "direct off",
        "approved",
    )
    assert ada["still_shown"] == [
        {"right": "mail", "lens": "memberof"},
        {"right": "post", "lens": "memberof"},
    ]
    assert "memberOf still shows mail, post" in ada["reason"]
    assert (
        "Repair memberOf on the directory's page, then look again, or undo."
        in ada["reason"]
    )
    assert ada["name"] in told["message"]
    assert len(world.doors.pauses) >= 5
    assert world.member_of("ada") == {"clerk"}


def test_a_fresh_look_after_a_repair_goes_on_with_the_others(start: Company, careless):
    world = start(kind="memberof")
    world.role("mail", "post")
    wave = world.approved("ada", "ben")
    careless(True)
    world.done("wave", "apply", wave, code=3)
    careless(False)
    world.done("wave", "apply", wave, code=3)  # still shown: nothing moves
    assert world.states(wave) == {"ada": "direct off", "ben": "approved"}
    for right in ("mail", "post"):
        repair_by_hand(world, right_dn(right), "ada")
    told = world.done("wave", "apply", wave)
    assert world.states(wave) == {"ada": "soaking", "ben": "soaking"}
    assert [person["still_shown"] for person in told["people"]] == [[], []]


def test_a_person_who_is_held_can_go_back(start: Company, careless):
    world = start(kind="memberof")
    before = world.rights()
    world.role("mail", "post")
    wave = world.approved("ada", "ben")
    careless(True)
    world.done("wave", "apply", wave, code=3)
    careless(False)
    world.undone(wave)
    assert world.states(wave)["ada"] == "undone"
    assert world.rights() == before
    assert world.memberof() == memberof_due(world.state())


def test_an_undo_that_memberof_does_not_follow_says_so(start: Company, careless):
    world = start(kind="memberof")
    world.role("mail", "post")
    wave = world.applied("ada")
    careless(True)
    told = world.done("wave", "undo", wave)
    [ada] = told["people"]
    assert ada["state"] == "undone"
    assert set(ada["memberof"]) == {
        f"memberOf lacks {right_dn('mail')}",
        f"memberOf lacks {right_dn('post')}",
        f"memberOf still shows {role_dn('clerk')}",
    }


def test_an_undo_keeps_the_role_while_a_right_read_through_memberof_is_not_shown(
    start: Company, careless
):
    world = start(kind="memberof")
    world.lens("recursive")
    world.role("mail", "post")
    wave = world.applied("ada")
    world.lens("memberof", "mail")
    careless(True)
    [ada] = world.done("wave", "undo", wave, code=3)["people"]
    assert ada["state"] == "conflict"
    assert f"Not back in memberOf yet: {right_dn('mail')}" in ada["reason"]
    assert world.member_of("ada") == {"clerk", "mail", "post"}


def test_memberof_that_follows_a_moment_later_is_waited_for(start: Company, careless):
    world = start(kind="memberof")
    world.role("mail", "post")
    wave = world.approved("ada")
    careless(True)

    def late(number: int) -> None:
        if number == 3:
            for right in ("mail", "post"):
                repair_by_hand(world, right_dn(right), "ada")

    world.doors.in_pause = late
    world.done("wave", "apply", wave)
    assert world.states(wave) == {"ada": "soaking"}
    assert len(world.doors.pauses) == 3


def test_the_page_of_the_wave_names_who_is_held_and_what_is_still_shown(
    start: Company, careless
):
    world = start(kind="memberof")
    world.role("mail", "post")
    wave = world.approved("ada")
    careless(True)
    world.done("wave", "apply", wave, code=3)
    page = Pages(world.app).as_operator("nora").get(f"/waves/{wave}")
    assert "still shown: mail, post" in page.text
    assert "Look again, and go on" in page.text


@pytest.mark.parametrize(
    ("direct", "reached", "memberof", "nests", "lens", "shown"),
    [
        ("", "", "", False, "", ""),
        ("K", "K", "dn", False, "", "direct"),
        (
            "",
            "K",
            "dn",
            False,
            "",
            "memberof",
        ),  # stale: the role gives it, this memberOf shows direct groups
        (
            "",
            "K",
            "dn",
            True,
            "",
            "",
        ),  # rightly there: the role gives it, and this memberOf follows nesting
        ("", "", "dn", True, "", "memberof"),
        (
            "",
            "K",
            "",
            False,
            "recursive",
            "recursive",
        ),  # lost by the plan, given by others through a group
        ("", "K", "", False, "direct", ""),
        ("", "K", "", True, "", ""),
    ],
)
def test_what_is_held_by_other_ways_is_not_called_still_shown(
    direct: str, reached: str, memberof: str, nests: bool, lens: str, shown: str
):
    sets = [frozenset({value} - {""}) for value in (direct, reached)]
    sight = Sight(
        *sets, frozenset({fold_or_self("cn=x")} if memberof else ()), True, nests
    )
    assert sight.shows_wrongly(SeenRight("x", "K", "CN = X", lens)) == shown


# Repairing what earlier moves left behind.


@pytest.fixture
def left_behind(start: Company, careless) -> SlapdWorld:
    """Return a company of which two people were moved while memberOf did not follow, and that was
    checked since.
    """
    world = start(kind="memberof and refint")
    world.role("mail", "post")
    wave = world.approved("ada", "ben")
    careless(True)
    world.done("wave", "apply", wave, code=3)
    careless(False)
    return world


def test_a_check_names_what_moves_left_behind_and_a_repair_puts_it_right(
    left_behind: SlapdWorld,
):
    world = left_behind
    [wrong] = [
        f
        for f in world.done("directory", "check")["findings"]
        if f["subject"] == "memberOf values"
    ]
    assert wrong["level"] == "warning"
    assert "ada shows mail; ada shows post." in wrong["text"]
    assert "ada lacks clerk" in wrong["text"]
    groups = world.state()
    told = world.done("directory", "repair-memberof", "Acme")
    assert told["state"] == "done"
    assert {value["state"] for value in told["values"]} == {"done"}
    assert {value["sentence"] for value in told["values"]} >= {
        "ada shows mail.",
        "ada lacks clerk.",
    }
    assert world.state() == groups
    assert world.memberof() == memberof_due(groups)
    assert (
        world.done("directory", "repair-memberof")["message"]
        == "No value of memberOf was wrong."
    )
    told = world.done("wave", "apply", "1")
    assert [person["state"] for person in told["people"]] == ["soaking", "soaking"]


def test_nothing_is_repaired_while_writing_is_frozen(left_behind: SlapdWorld):
    world = left_behind
    before = world.memberof()
    world.done("freeze")
    assert "frozen" in world.done("directory", "repair-memberof", code=1)["error"]
    assert world.memberof() == before


def test_a_freeze_in_the_middle_stops_before_the_next_value_and_the_rest_follows(
    left_behind: SlapdWorld,
):
    world = left_behind
    refreshed = world.doors.refreshed

    def stop() -> None:
        if len(refreshed) == 2:
            world.done("freeze")

    world.doors.after_refresh = stop
    world.done("directory", "repair-memberof", code=1)
    assert len(refreshed) == 2
    world.done("unfreeze")
    world.doors.after_refresh = lambda: None
    told = world.done("directory", "repair-memberof")
    assert told["state"] == "done"
    assert world.memberof() == memberof_due(world.state())


def test_a_repair_that_was_killed_is_finished_by_the_worker(left_behind: SlapdWorld):
    world = left_behind

    def die() -> None:
        raise KeyboardInterrupt

    world.doors.after_refresh = die
    with world.parts.database.write() as session:
        repair = ask_repair(acting(session, "olga", world.parts.now()), world.home)
    with pytest.raises(KeyboardInterrupt):
        run_repair(world.parts, repair.id)
    world.doors.after_refresh = lambda: None
    assert run_waiting_repairs(world.parts)
    assert world.memberof() == memberof_due(world.state())
    with world.parts.database.read() as session:
        line = last_repair(session, world.home)
    assert line is not None
    assert (line.state, line.left) == ("done", ())


def test_the_repair_waits_while_a_wave_writes(left_behind: SlapdWorld):
    world = left_behind
    with world.parts.database.write() as session:
        assert (
            take_lease(session, world.home, "a wave", 60, world.parts.now()) is not None
        )
        repair = ask_repair(acting(session, "olga", world.parts.now()), world.home)
    with pytest.raises(RepairBusy):
        run_repair(world.parts, repair.id)
    assert not run_waiting_repairs(world.parts)


def test_the_button_hands_it_to_the_worker_and_the_trail_says_so(
    left_behind: SlapdWorld,
):
    world = left_behind
    world.done("directory", "check")
    browser = Pages(world.app).as_operator("nora")
    page = browser.get(f"/directory/{world.home}")
    assert "Repair memberOf now" in page.text
    told = browser.post(f"/directory/{world.home}/repair-memberof")
    assert told.told == "memberOf is being repaired; groups stay as they are."
    assert "Waits for the worker." in told.text
    assert run_waiting_repairs(world.parts)
    page = browser.get(f"/directory/{world.home}")
    assert "of memberOf put right." in page.text
    assert "Repair memberOf now" not in page.text
    with world.parts.database.read() as session:
        actions = set(session.scalars(select(AuditEvent.action)))
    assert {
        "directory.repair",
        "directory.repair_begin",
        "directory.repair_end",
    } <= actions


def test_who_may_not_apply_may_not_repair(left_behind: SlapdWorld):
    world = left_behind
    world.done("directory", "check")
    browser = Pages(world.app).as_operator("rita", permissions=("read", "directory"))
    assert (
        "Somebody with the permission “apply” can repair it."
        in browser.get(f"/directory/{world.home}").text
    )
    browser.post(f"/directory/{world.home}/repair-memberof", status=403)


def test_a_repair_that_breaks_stops_no_other_and_is_set_aside_in_the_end(
    left_behind: SlapdWorld, clock: Clock
):
    world = left_behind

    def break_down() -> None:
        raise RuntimeError("nobody foresaw this")

    world.doors.after_refresh = break_down
    with world.parts.database.write() as session:
        ask_repair(acting(session, "olga", world.parts.now()), world.home)
    for _ in range(3):
        assert not run_waiting_repairs(world.parts)
        clock.forward(minutes=15)
    with world.parts.database.read() as session:
        line = last_repair(session, world.home)
    assert line is not None
    assert line.state == "stopped"
    assert "repair again" in line.message
    world.doors.after_refresh = lambda: None
    assert world.done("directory", "repair-memberof")["state"] == "done"
