"""Questions asked together: what is cut, in ranges or lost is never taken for the whole."""

from __future__ import annotations

import pytest

from ldap_sync.dn import fold
from ldap_sync.looks import Sought
from ldap_sync.port import IncompleteRead, Unavailable
from ldap_sync.values import DirectoryPerson
from tests.ldap_sync.conftest import Doors, World
from tests.ldap_sync.proxy import SEARCH, ChaosProxy
from tests.ldap_sync.scripted import Asked, Said, Scripted
from tests.ldap_sync.servers import Slapd
from tests.ldap_sync.test_adapter_scripted import ANNA, ANNA_ENTRY, BASE, GUID

ROOT = ("", {"supportedCapabilities": ["1.2.840.113556.1.4.800"]})
FIRST, SECOND = f"CN=First,{BASE}", f"CN=Second,{BASE}"


def sought(person: DirectoryPerson) -> Sought:
    return Sought(person.key, person.dn, person.uid)


def with_ranges(asked: Asked) -> Said:
    """Answer like an Active Directory that sends memberOf one value at a time."""
    if asked.dn == "":
        return Said([ROOT])
    wanted = [name for name in asked.attributes if name.lower().startswith("memberof")]
    entry = dict(ANNA_ENTRY[1]) if "sAMAccountName" in asked.attributes else {}
    if wanted:
        rest = "range=1-" in wanted[0]
        name = "memberOf;range=1-*" if rest else "memberOf;range=0-0"
        entry[name] = [SECOND if rest else FIRST]
    return Said([(ANNA, entry)] if entry else [])


def test_memberof_in_ranges_is_read_to_its_end(doors: Doors) -> None:
    with Scripted(with_ranges) as server:
        reader = doors.reader(server.connection(BASE))
        [look] = reader.looks([Sought(str(GUID), ANNA, "anna")])
    assert look is not None
    assert look.memberof == {fold(FIRST), fold(SECOND)}


@pytest.mark.parametrize("code", [3, 11, 51, 53, 80])
def test_a_search_that_failed_among_others_is_told(doors: Doors, code: int) -> None:
    def answer(asked: Asked) -> Said:
        if asked.dn == "":
            return Said([ROOT])
        if "sAMAccountName" in asked.attributes:
            return Said([ANNA_ENTRY])
        return Said(code=code)

    with Scripted(answer) as server, pytest.raises((IncompleteRead, Unavailable)):
        reader = doors.reader(server.connection(BASE))
        reader.looks([Sought(str(GUID), ANNA, "anna")])


def test_groups_that_a_limit_cuts_off_are_never_left_out(doors: Doors) -> None:
    with Slapd(sizelimit="5") as server:
        world = World(server, doors)
        anna, berta = world.people(2)
        groups = [world.group(anna, *([berta] if at < 5 else [])) for at in range(8)]
        [look] = world.reader.looks([sought(berta)])
        assert look is not None
        assert {one.key for one in look.groups} == {one.key for one in groups[:5]}
        with pytest.raises(IncompleteRead, match="size limit"):
            world.reader.looks([sought(berta), sought(anna)])


@pytest.mark.parametrize("nth", [1, 2, 5])
def test_a_lost_answer_leaves_nobody_half_seen_and_the_next_look_sees_all(
    doors: Doors, nth: int
) -> None:
    with Slapd() as server, ChaosProxy(server.port) as proxy:
        world = World(server, doors)
        people = world.people(6)
        world.group(*people)
        reader = doors.reader(server.connection(url=proxy.url))
        whom = [sought(one) for one in people]
        before = reader.looks(whom)
        proxy.lose_answer(SEARCH, nth)
        with pytest.raises(Unavailable):
            reader.looks(whom)
        assert reader.looks(whom) == before
        assert [look and look.person for look in before] == people
