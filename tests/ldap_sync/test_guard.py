"""The guard of a write: it stops at another object behind the same DN, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ldap_sync import ber
from ldap_sync.adapter import family, open_writer
from ldap_sync.adapter.wire import assertion
from ldap_sync.dn import escape
from ldap_sync.values import DirectoryChange, DirectoryGroup, Profile, Status, inverse
from tests.ldap_sync.conftest import Doors
from tests.ldap_sync.servers import GROUPS, PEOPLE, Slapd, group_ldif, person_ldif

ANNA, BERTA = f"uid=anna,{PEOPLE}", f"uid=berta,{PEOPLE}"
NOBODY = "00000000-0000-0000-0000-000000000000"
GUARDED = Profile(family="openldap", tested=True, assertions=True, memberof="direct")
EQUAL, EITHER, NOT = 0xA3, 0xA1, 0xA2

HOSTILE = [
    "plain",
    "Müller, Jörg",
    "王小明",
    "star*star",
    "(round)",
    ")(entryUUID=*",
    "*)(objectClass=*",
    "back\\slash",
    "\\2a",
    "nul\0nul",
    " #edge ",
    'quo"te',
    "a+b=c;<d>",
    "e\u0301 and é",
    "x" * 200,
]
"""Names of groups that would break out of a filter, or out of a DN, that is not escaped."""


def equal(attribute: str, value: str) -> bytes:
    """Return one condition of a filter as it goes over the wire, built by hand."""
    return ber.encode(EQUAL, ber.octets(attribute) + ber.octets(value))


@given(
    name=st.one_of(
        st.sampled_from(HOSTILE),
        st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    )
)
def test_the_guard_names_exactly_this_dn_whatever_signs_are_in_it(name: str) -> None:
    for dn in (f"cn={escape(name)},{GROUPS}", name):
        condition = family.still_behind(GUARDED, NOBODY, dn)
        other_entry = ber.encode(NOT, equal("entryDN", dn))
        assert assertion(condition)[2] == ber.encode(
            EITHER, equal("entryUUID", NOBODY) + other_entry
        )


@pytest.fixture(scope="module")
def slapd():
    """Return a server with memberOf and one group for each hostile name."""
    groups = [group_ldif(f"g{number}", [ANNA]) for number in range(len(HOSTILE))]
    people = person_ldif("anna") + person_ldif("berta")
    with Slapd(overlays=("memberof",)) as server:
        server.add(people + "".join(groups))
        yield server


def named(server: Slapd, name: str) -> DirectoryGroup:
    """Return a group of that name with anna in it; a NUL the server cannot take is left out."""
    shown = name.replace("\0", "")
    dn = f"cn={escape(shown)},{GROUPS}"
    server.add(group_ldif(shown, [ANNA], dn=dn))
    return DirectoryGroup(server.key_of(dn), dn, shown, "member", (ANNA,))


def shown(server: Slapd, dn: str) -> set[str]:
    """Return how many groups an entry says it is in, as the server's own DNs."""
    return set(server.values(dn, "memberOf"))


@pytest.mark.parametrize("name", HOSTILE)
def test_memberof_follows_a_guarded_write_whatever_the_group_is_called(
    slapd: Slapd, doors: Doors, name: str
) -> None:
    group = named(slapd, f"{name}1")
    writer = doors.writer(slapd.connection(profile=GUARDED))
    before = shown(slapd, BERTA)
    joins = DirectoryChange(group.key, group.dn, "member", add=(BERTA,))
    assert writer.apply(joins).status is Status.DONE
    [own] = shown(slapd, BERTA) - before
    assert own in shown(slapd, ANNA)
    assert writer.apply(inverse(joins)).status is Status.DONE
    assert shown(slapd, BERTA) == before


@pytest.mark.parametrize("name", HOSTILE)
def test_another_group_of_the_same_name_is_never_touched(
    slapd: Slapd, doors: Doors, name: str
) -> None:
    group = named(slapd, f"{name}2")
    writer = doors.writer(slapd.connection(profile=GUARDED))
    guard = assertion(family.still_behind(GUARDED, NOBODY, group.dn))
    result = writer._own.session.wire.modify(group.dn, "member", [], [BERTA], [guard])  # type: ignore[attr-defined]
    assert result.code == 122
    assert slapd.values(group.dn) == [ANNA]


@pytest.mark.parametrize("spelled", [str.upper, lambda dn: dn.replace(",", " , ")])
def test_other_spellings_of_the_dn_are_guarded_as_well(
    slapd: Slapd, doors: Doors, spelled
) -> None:
    writer = doors.writer(slapd.connection(profile=GUARDED))
    dn = spelled(f"cn=g1,{GROUPS}")
    guard = assertion(family.still_behind(GUARDED, NOBODY, dn))
    result = writer._own.session.wire.modify(dn, "member", [], [BERTA], [guard])  # type: ignore[attr-defined]
    assert result.code == 122


def test_memberof_of_a_group_in_a_group_follows_a_guarded_write(
    slapd: Slapd, doors: Doors
) -> None:
    inner, outer = (f"cn=g{number},{GROUPS}" for number in (2, 3))
    writer = doors.writer(slapd.connection(profile=GUARDED))
    nests = DirectoryChange(slapd.key_of(outer), outer, "member", add=(inner,))
    assert writer.apply(nests).status is Status.DONE
    assert shown(slapd, inner) == {outer}
    assert writer.apply(inverse(nests)).status is Status.DONE
    assert shown(slapd, inner) == set()


def test_memberof_follows_once_the_check_has_run(slapd: Slapd, doors: Doors) -> None:
    """The fault as it was met: only a tested profile guards its writes."""
    profile = doors.reader(slapd.connection()).check().profile
    assert profile.assertions
    writer = open_writer(slapd.connection(profile=replace(profile, memberof="direct")))
    leaves = DirectoryChange(
        slapd.key_of(f"cn=g4,{GROUPS}"),
        f"cn=g4,{GROUPS}",
        "member",
        add=(BERTA,),
        delete=(ANNA,),
    )
    assert writer.apply(leaves).status is Status.DONE
    writer.close()
    assert f"cn=g4,{GROUPS}" not in shown(slapd, ANNA)
    assert f"cn=g4,{GROUPS}" in shown(slapd, BERTA)
