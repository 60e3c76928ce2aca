"""What the adapter makes of servers that no test machine has, played by a script."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from ldap_sync.port import IncompleteRead, Unavailable
from ldap_sync.values import DirectoryChange, MemberPresence, Status
from tests.ldap_sync.conftest import Doors
from tests.ldap_sync.scripted import MODIFY, Asked, Attributes, Said, Scripted

BASE = "DC=acme,DC=test"
GUID = uuid.UUID("0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9")
ANNA, TEAM = f"CN=Anna,{BASE}", f"CN=Team,{BASE}"
ANNA_ENTRY: tuple[str, Attributes] = (
    ANNA,
    {
        "objectClass": ["person", "user"],
        "sAMAccountName": ["anna"],
        "userPrincipalName": ["anna.berg@acme.test"],
        "msDS-PrincipalName": ["ACME\\anna"],
        "objectGUID": [GUID.bytes_le],
    },
)
RESULT_CODES = [1, 3, 11, 51, 52, 80, 4711, 16654]


class Company:
    """Answers like an Active Directory with one person and one group, whose members come ``step``
    at a time.
    """

    def __init__(self, members: int = 1, step: int = 1500) -> None:
        self.root: Attributes = {"supportedCapabilities": ["1.2.840.113556.1.4.800"]}
        self.members = [f"CN=m{number},{BASE}" for number in range(members)]
        self.step = step
        self.last: list[tuple[str, Attributes]] = []

    def __call__(self, asked: Asked) -> Said:
        if asked.dn == "":
            return Said([("", self.root)])
        if b"member" in asked.condition:
            return Said()  # nobody whom the company knows by name is in its group
        if "1.1" not in asked.attributes:
            self.last = self.people(asked) + self.groups(asked)
        return Said(self.last)

    def people(self, asked: Asked) -> list[tuple[str, Attributes]]:
        """Return the person, where people are asked for."""
        return [ANNA_ENTRY] if "sAMAccountName" in asked.attributes else []

    def groups(self, asked: Asked) -> list[tuple[str, Attributes]]:
        """Return the group with a range of its members, where groups or a further range are asked
        for.
        """
        wanted = next(
            (name for name in asked.attributes if name.startswith("member")), ""
        )
        if not wanted:
            return []
        first = int(wanted.partition("range=")[2].partition("-")[0] or 0)
        after = first + self.step
        end = "*" if after >= len(self.members) else str(after - 1)
        values: Attributes = {
            "member": [],
            f"member;range={first}-{end}": list(self.members[first:after]),
        }
        return [
            (
                TEAM,
                {
                    "objectClass": ["group"],
                    "cn": ["Team"],
                    "objectGUID": [uuid.uuid5(GUID, "").bytes_le],
                    **values,
                },
            )
        ]


def plain(asked: Asked) -> Said:
    """Answer like a server of no known kind that holds one group with every possible filter true
    for it.
    """
    return Said(
        [("", {"vendorName": ["Acme"]})] if asked.dn == "" else [(asked.dn, {})]
    )


def silently(what: str, count: int) -> None:
    """Hear of progress and say nothing."""


def test_active_directory_is_known_by_its_capabilities_and_its_guids(
    doors: Doors,
) -> None:
    with Scripted(Company()) as server:
        reader = doors.reader(server.connection(BASE))
        assert (reader.profile.family, reader.profile.key_attribute) == (
            "ad",
            "objectGUID",
        )
        person = reader.person(str(GUID))
    assert person is not None
    assert (person.key, person.uid) == (str(GUID), "anna")
    assert person.principal == "anna.berg@acme.test"
    assert person.domain_login == "ACME\\anna"


@pytest.mark.parametrize(
    ("root", "family", "key_attribute", "needs_member"),
    [
        (
            {"vendorName": ["389 Project"], "vendorVersion": ["389-Directory/2.3.1"]},
            "389",
            "nsUniqueId",
            False,
        ),
        ({"objectClass": ["top", "OpenLDAProotDSE"]}, "openldap", "entryUUID", True),
        ({"vendorName": ["Somebody Else"]}, "generic", "entryUUID", True),
    ],
)
def test_a_server_is_known_by_what_it_says_of_itself(
    doors: Doors, root: Attributes, family: str, key_attribute: str, needs_member: bool
) -> None:
    group: Attributes = {
        "objectClass": ["groupOfNames"],
        "cn": ["x"],
        key_attribute: ["K-1"],
    }
    with Scripted(
        lambda asked: Said([(asked.dn, group if asked.dn else root)])
    ) as server:
        reader = doors.reader(server.connection(BASE))
        assert (reader.profile.family, reader.profile.key_attribute) == (
            family,
            key_attribute,
        )
        found = reader.group_at(TEAM)
    assert found is not None
    assert (found.key, found.needs_member) == ("k-1", needs_member)


@pytest.mark.parametrize("size", [1, 1499, 1500, 1501, 4500, 4501])
def test_a_group_sent_in_ranges_is_read_to_its_end(doors: Doors, size: int) -> None:
    with Scripted(Company(size)) as server:
        reader = doors.reader(server.connection(BASE))
        group = reader.group_at(TEAM)
        assert group is not None
        assert group.members == tuple(f"CN=m{number},{BASE}" for number in range(size))
        assert [found.members for found in reader.read(silently).groups] == [
            group.members
        ]


def test_a_range_that_stops_in_the_middle_is_no_reading(doors: Doors) -> None:
    def stops(asked: Asked) -> Said:
        return Said() if "member;range=1500-*" in asked.attributes else company(asked)

    company = Company(4500)

    with (
        Scripted(stops) as server,
        pytest.raises(IncompleteRead, match="in the middle of the values"),
    ):
        doors.reader(server.connection(BASE)).group_at(TEAM)


def test_active_directory_may_point_elsewhere_and_others_may_not(doors: Doors) -> None:
    def pointing(asked: Asked) -> Said:
        return replace(
            company(asked), elsewhere=("ldap://other.test/DC=x",) if asked.dn else ()
        )

    company = Company()
    with Scripted(pointing) as server:
        assert [
            person.uid
            for person in doors.reader(server.connection(BASE)).read(silently).people
        ] == ["anna"]
    company.root = {}
    with (
        Scripted(pointing) as server,
        pytest.raises(IncompleteRead, match=r"kept elsewhere \(ldap://other.test"),
    ):
        doors.reader(server.connection(BASE)).read(silently)


def test_a_change_in_active_directory_is_aimed_at_the_identity(doors: Doors) -> None:
    def accepting(asked: Asked) -> Said:
        if asked.operation == MODIFY or asked.dn == "":
            return Company()(asked)
        return Said([(asked.dn, {})])

    with Scripted(accepting) as server:
        doors.writer(server.connection(BASE)).apply(
            DirectoryChange(str(GUID), TEAM, "member", add=(ANNA,))
        )
        assert [asked.dn for asked in server.asked if asked.operation == MODIFY] == [
            f"<GUID={GUID}>"
        ]


def test_by_the_old_name_of_a_moved_person_nothing_is_taken_for_deleted(
    doors: Doors,
) -> None:
    """Active Directory finds no member by the old DN, though the person still is one (ldap-notes
    section 9, case 7).
    """

    def moved(asked: Asked) -> Said:
        if asked.dn == "":
            return Company()(asked)
        if asked.dn == ANNA:
            return Said(code=32)
        searches = [each for each in server.asked if each.dn == TEAM]
        return Said(
            [(TEAM, {})] if len(searches) != 2 else []
        )  # the entry is there, "before" is false, "after" true

    with Scripted(moved) as server:
        change = DirectoryChange(str(GUID), TEAM, "member", delete=(ANNA,))
        assert (
            doors.reader(server.connection(BASE)).presence(change)
            is MemberPresence.MIXED
        )


@pytest.mark.parametrize("code", [3, 4, 10, 11, 80, 4711])
def test_a_reading_that_does_not_end_well_is_no_reading(
    doors: Doors, code: int
) -> None:
    def cut(asked: Asked) -> Said:
        found = Company()(asked)
        return Said(found.entries, code=code if asked.dn else 0)

    with Scripted(cut) as server, pytest.raises(IncompleteRead):
        doors.reader(server.connection(BASE)).read(silently)


@pytest.mark.parametrize("code", [51, 52])
def test_a_server_that_is_busy_is_to_be_asked_again_later(
    doors: Doors, code: int
) -> None:
    with (
        Scripted(lambda asked: Said(code=code)) as server,
        pytest.raises(Unavailable, match="try again later"),
    ):
        doors.reader(server.connection(BASE)).read(silently)


@pytest.mark.parametrize("code", RESULT_CODES)
def test_no_result_code_can_stop_the_work(doors: Doors, code: int) -> None:
    def refusing(asked: Asked) -> Said:
        return (
            Said(code=code, text="because")
            if asked.operation == MODIFY
            else plain(asked)
        )

    with Scripted(refusing) as server:
        outcome = doors.writer(server.connection(BASE)).apply(
            DirectoryChange("k", TEAM, "member", add=(ANNA,))
        )
    assert (outcome.status, outcome.code) == (Status.REFUSED, code)
    assert "because" in outcome.text


def test_an_entry_without_identity_is_no_reading(doors: Doors) -> None:
    def nameless(asked: Asked) -> Said:
        return Said(
            [(ANNA, {"objectClass": ["person"], "uid": ["anna"]})] if asked.dn else []
        )

    with (
        Scripted(nameless) as server,
        pytest.raises(IncompleteRead, match="shows no identity"),
    ):
        doors.reader(server.connection(BASE)).read(silently)


def test_a_directory_that_never_stands_still_is_no_reading(doors: Doors) -> None:
    def growing(asked: Asked) -> Said:
        return Said() if "1.1" in asked.attributes else Company()(asked)

    with (
        Scripted(growing) as server,
        pytest.raises(IncompleteRead, match="keeps changing"),
    ):
        doors.reader(server.connection(BASE)).read(silently)
    assert sum("sAMAccountName" in asked.attributes for asked in server.asked) == 3


def test_computers_are_no_people(doors: Doors) -> None:
    class WithComputer(Company):
        def people(self, asked: Asked) -> list[tuple[str, Attributes]]:
            classes: Attributes = {
                "objectClass": ["person", "user", "computer"],
                "objectGUID": [GUID.bytes],
            }
            return [*super().people(asked), (f"CN=PC1,{BASE}", classes)]

    with Scripted(WithComputer()) as server:
        assert [
            person.uid
            for person in doors.reader(server.connection(BASE)).read(silently).people
        ] == ["anna"]
