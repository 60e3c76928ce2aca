"""Groups with several member attributes, on a real slapd: all of them are read, changed and put
back.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.core.settings import Settings
from tests.access.engine.slapd_world import SlapdWorld, on_server, person_dn, right_dn
from tests.conftest import Clock
from tests.ldap_sync.servers import Slapd

PEOPLE = ("ada", "ben", "cyd")
UNIX = ("posixGroup", "univentionGroup")


@pytest.fixture
def acme(settings: Settings, clock: Clock) -> Iterator[SlapdWorld]:
    """Start a server with groups that list people by DN and by name: mail in all ways, post with a
    group within.
    """
    with Slapd() as server:
        for name in PEOPLE:
            server.add_person(name)
        by_dn = [person_dn(name) for name in PEOPLE]
        server.add_listing(
            UNIX, "mail", {"uniqueMember": by_dn[:2], "memberUid": ["ada", "cyd"]}
        )
        server.add_listing(
            UNIX, "inner", {"uniqueMember": by_dn[2:], "memberUid": ["cyd"]}
        )
        server.add_listing(
            UNIX,
            "post",
            {"uniqueMember": [by_dn[0], right_dn("inner")], "memberUid": ["ada"]},
        )
        with on_server(server, settings, clock, placeholders=()) as world:
            world.lens("recursive")
            yield world


def test_who_stands_in_two_attributes_is_counted_once(acme: SlapdWorld):
    inside = {
        line["cn"]: line["inside"] for line in acme.done("right", "list")["rights"]
    }
    assert {
        cn: (counts["person"], counts["group"]) for cn, counts in inside.items()
    } == {
        "mail": (3, 0),
        "inner": (1, 0),
        "post": (1, 1),
    }
    people = {
        one["uid"]: one["rights"] for one in acme.done("person", "list")["people"]
    }
    assert people == {"ada": 2, "ben": 1, "cyd": 2}


def holders(world: SlapdWorld, right: str) -> dict[str, list[str]]:
    """Return who holds a right, each with the way."""
    return {
        who["person"]: who["way"]
        for who in world.done("right", "show", right)["people"]
    }


def test_members_of_all_attributes_and_groups_within_hold_the_right(acme: SlapdWorld):
    assert holders(acme, "mail") == {"ada": [], "ben": [], "cyd": []}
    assert holders(acme, "post") == {"ada": [], "cyd": ["inner"]}


@pytest.mark.parametrize("person", ["ada", "ben", "cyd"])
def test_who_moves_is_taken_out_of_every_attribute_and_put_back_exactly(
    acme: SlapdWorld, person: str
):
    before = acme.rights()
    acme.role("mail")
    wave = acme.applied(person)
    assert acme.states(wave) == {person: "soaking"}
    assert not {person, person_dn(person)} & set(acme.state()[right_dn("mail")])
    acme.sync()
    assert holders(acme, "mail")[person] == ["clerk"]
    acme.undone(wave)
    assert acme.states(wave) == {person: "undone"}
    assert acme.rights() == before


def test_who_is_listed_by_a_second_account_name_is_moved_and_put_back(acme: SlapdWorld):
    acme.server.change(
        f"dn: {person_dn('cyd')}\nchangetype: modify\nadd: uid\nuid: cyd2\n"
    )
    acme.server.add_group("scans", ["cyd2", "ada"], "posixGroup")
    acme.sync()
    acme.lens("recursive")
    before = acme.rights()
    acme.role("inner")
    wave = acme.applied(
        "cyd", more=["--accept-loss", "scans", "--reason", "not needed"]
    )
    assert acme.states(wave) == {"cyd": "soaking"}
    assert "cyd2" not in acme.state()[right_dn("scans")]
    acme.undone(wave)
    assert acme.rights()[right_dn("scans")] == before[right_dn("scans")]
    assert holders(acme, "scans") == {"ada": [], "cyd": []}


def test_who_is_given_a_right_is_listed_in_every_attribute_as_the_others_are(
    acme: SlapdWorld,
):
    before = acme.rights()
    acme.role("inner", realise="materialised")
    wave = acme.applied("ada", more=["--accept-gain"])
    assert acme.states(wave) == {"ada": "soaking"}
    assert {person_dn("ada"), "ada"} <= set(acme.state()[right_dn("inner")])
    acme.undone(wave)
    assert acme.rights() == before
