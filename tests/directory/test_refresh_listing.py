"""Who is there is compared one by one only where the list is not the one of before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import delete, select

from app.models.people import Person
from ldap_sync.adapter import refreshing
from tests.directory.refreshing import Office, ask_for_nothing_again, office_of
from tests.ldap_sync.servers import PEOPLE, Slapd


@pytest.fixture
def office(database, settings, clock, monkeypatch) -> Iterator[Office]:
    ask_for_nothing_again(monkeypatch)
    with Slapd() as server, office_of(server, database, settings, clock) as made:
        for name in ("anna", "berta", "carl"):
            server.add_person(name)
        for name in ("mail", "vpn", "wiki"):
            server.add_group(name, [f"uid=anna,{PEOPLE}"])
        made.read()
        made.read()
        yield made


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the kinds of which everybody is compared, as that happens."""
    found: list[str] = []
    one_by_one = refreshing._Refresh._compare

    def seen(self, part, came) -> None:
        found.append(part.kind.name)
        one_by_one(self, part, came)

    monkeypatch.setattr(refreshing._Refresh, "_compare", seen)
    return found


def test_nobody_is_compared_where_nobody_came_or_went(office, compared):
    assert office.read().changes == 0
    office.server.put(f"cn=mail,{office.server.groups}", f"uid=berta,{PEOPLE}")
    assert office.read().changes == 1
    assert compared == []
    office.server.add_person("dora")
    assert office.refreshed().people == 4
    assert "people" in compared


def test_who_is_missing_among_our_own_rows_is_read_again(office, compared):
    with office.parts.database.write() as session:
        session.execute(delete(Person).where(Person.uid == "carl"))
    assert office.refreshed().people == 3
    assert compared[0] == "people"


def test_people_whose_place_is_called_otherwise_are_noticed_without_a_stamp(office):
    server = office.server
    place = f"ou=berlin,{PEOPLE}"
    server.change(
        f"dn: {place}\nchangetype: add\nobjectClass: organizationalUnit\nou: berlin\n"
    )
    server.change(
        f"dn: uid=dora,{place}\nchangetype: add\nobjectClass: inetOrgPerson\n"
        "uid: dora\ncn: Dora\nsn: Dora\n"
    )
    office.refreshed()
    server.change(
        f"dn: {place}\nchangetype: modrdn\nnewrdn: ou=hamburg\ndeleteoldrdn: 1\n"
    )
    office.refreshed()
    with office.parts.database.read() as session:
        dn = session.scalar(select(Person.dn).where(Person.uid == "dora"))
    assert dn == f"uid=dora,ou=hamburg,{PEOPLE}"


def test_a_group_that_is_none_any_more_and_one_again_follows(office, compared):
    server = office.server
    mail = f"dn: cn=mail,{server.groups}\nchangetype: modify\n"
    secret = "objectClass: simpleSecurityObject\n-\nadd: userPassword\n"
    server.change(f"{mail}add: objectClass\n{secret}userPassword: x\n")
    assert office.read().groups == 2  # it is there, and an account
    assert office.read().groups == 2
    assert compared == []
    server.change(f"{mail}delete: userPassword\n-\ndelete: objectClass\n{secret[:33]}")
    assert office.read().groups == 3
    assert compared == []
    office.refreshed()
