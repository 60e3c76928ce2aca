"""What servers do to a writer in real life: rules of their own, accounts that may only change their
password, members nobody stored, copies that lag behind.
"""

from __future__ import annotations

import unicodedata

import pytest

from ldap_sync.members import meant_by
from ldap_sync.values import (
    DirectoryChange,
    DirectoryGroup,
    MemberPresence,
    Proof,
    Status,
)
from tests.ldap_sync.conftest import Doors, World
from tests.ldap_sync.scripted import MODIFY, Asked, Said, Scripted
from tests.ldap_sync.servers import (
    GROUPS,
    PEOPLE,
    SUFFIX,
    WRITER,
    Slapd,
    group_ldif,
    person_ldif,
)

ANNA, BERTA, CARL = (f"uid={name},{PEOPLE}" for name in ("anna", "berta", "carl"))
TEAM = f"cn=team,{GROUPS}"
SEED = "".join(map(person_ldif, ("anna", "berta", "carl")))


def looked_at(doors: Doors, server: Slapd, dn: str = TEAM) -> DirectoryGroup:
    """Return the group as it stands now."""
    found = doors.reader(server.connection()).group_at(dn)
    assert found is not None
    return found


def step(
    group: DirectoryGroup, *, add: tuple[str, ...] = (), delete: tuple[str, ...] = ()
) -> DirectoryChange:
    return DirectoryChange(group.key, group.dn, group.attribute, add=add, delete=delete)


def test_a_rule_of_the_server_refuses_one_and_the_others_stay_as_they_are(
    doors: Doors,
) -> None:
    seed = SEED + group_ldif("team", [ANNA, BERTA])
    with Slapd(ldif=seed, overlays=("constraint",)) as server:
        group = looked_at(doors, server)
        outcome = doors.writer(server.connection()).apply(step(group, add=(CARL,)))
        assert (outcome.status, outcome.code) == (Status.REFUSED, 19)
        assert "A rule of" in outcome.text
        assert server.values(TEAM) == [ANNA, BERTA]


def test_an_account_that_must_change_its_password_writes_nothing(doors: Doors) -> None:
    policy = (
        f"dn: cn=strict,ou=services,{SUFFIX}\nobjectClass: pwdPolicy\nobjectClass: person\n"
        "cn: strict\nsn: strict\npwdAttribute: userPassword\npwdMustChange: TRUE\n\n"
    )
    seed = policy + SEED + group_ldif("team", [ANNA])
    with Slapd(ldif=seed, overlays=("ppolicy",)) as server:
        group = looked_at(doors, server)
        server.change(
            f"dn: {WRITER}\nchangetype: modify\nreplace: pwdReset\npwdReset: TRUE\n"
        )
        outcome = doors.writer(server.connection()).apply(step(group, add=(BERTA,)))
        assert outcome.status is Status.REFUSED
        assert "must change its password first" in outcome.text
        assert server.values(TEAM) == [ANNA]


def test_a_member_that_the_server_works_out_is_seen_and_never_said_to_be_taken(
    doors: Doors,
) -> None:
    dynamic = (
        f"dn: {TEAM}\nobjectClass: groupOfMembers\nobjectClass: acmeDynamic\ncn: team\n"
        f"acmeURL: ldap:///{PEOPLE}??sub?(uid=anna)\nmember: {BERTA}\n"
    )
    with Slapd(ldif=SEED + dynamic, overlays=("dynlist",)) as server:
        group = looked_at(doors, server)
        assert set(group.members) == {ANNA, BERTA}
        writer = doors.writer(server.connection())
        outcome = writer.apply(step(group, delete=(ANNA,)))
        assert outcome.status is not Status.DONE
        assert outcome.proof in (Proof.NONE, Proof.ALREADY_THERE)
        assert writer.apply(step(group, delete=(BERTA,))).status is Status.DONE
        assert server.values(TEAM) == [ANNA]


def test_what_a_copy_that_lags_behind_does_not_show_is_not_believed(
    doors: Doors,
) -> None:
    key = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"

    def lagging(asked: Asked) -> Said:
        """Take every Modify, and go on showing the group without the new member."""
        if asked.operation == MODIFY:
            return Said()
        if asked.dn == "":
            return Said([("", {"vendorName": ["Acme"]})])
        negated = b"\xa2" in asked.condition
        wanted = b"member" not in asked.condition or negated
        return Said([(asked.dn, {})] if wanted else [])

    with Scripted(lagging) as server:
        writer = doors.writer(server.connection(SUFFIX))
        change = DirectoryChange(key, TEAM, "member", add=(ANNA,))
        outcome = writer.apply(change)
        assert any(asked.operation == MODIFY for asked in server.asked)
    assert outcome.status is Status.DRIFT
    assert "accepted the change, but it is not in place" in outcome.text


def test_a_guard_that_a_server_promises_and_does_not_keep_is_not_used(
    doors: Doors,
) -> None:
    """A control that is taken and ignored answers like success where it had to stop."""

    def careless(asked: Asked) -> Said:
        if asked.operation == MODIFY:
            return Said(code=16)
        if asked.dn == "":
            promised = ["1.3.6.1.1.12", "1.3.6.1.1.21.2", "1.2.840.113556.1.4.1413"]
            root = {"vendorName": ["Apache"], "supportedControl": promised}
            return Said([("", {name: [*found] for name, found in root.items()})])
        entry = {
            "objectClass": ["inetOrgPerson"],
            "uid": ["anna"],
            "entryUUID": ["0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"],
        }
        return Said([(ANNA, {name: [*found] for name, found in entry.items()})])

    with Scripted(careless) as server:
        profile = doors.reader(server.connection(SUFFIX)).check().profile
    assert (profile.assertions, profile.transactions) == (False, False)


@pytest.mark.parametrize("written", ["NFC", "NFD"])
def test_accents_in_two_spellings_are_one_member_only_where_the_server_says_so(
    world: World, written: str
) -> None:
    person = world.person(unicodedata.normalize("NFC", f"Zoë{id(world)}{written}"))
    group = world.group(person, world.person())
    other = unicodedata.normalize(written, person.dn)
    outcome = world.writer.apply(step(group, delete=(other,)))
    left = {meant_by("member", value) for value in world.look(group.dn).members}
    gone = meant_by("member", person.dn) not in left
    assert (outcome.status is Status.DONE) == gone
    assert gone or outcome.status in (Status.DRIFT, Status.ALREADY, Status.REFUSED)
    assert world.writer.presence(step(group, delete=(person.dn,))) is (
        MemberPresence.AFTER if gone else MemberPresence.BEFORE
    )
