"""Connecting a directory: what is accepted, what is said aloud, what is refused and where."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from app.core.audit import AuditEvent
from app.core.errors import Invalid, NotFound, Refused
from app.core.trust import NOTHING_ALLOWED, Trust
from app.directory.actions import (
    add_directory,
    check_directory,
    connection_of,
    edit_directory,
    forget_directory,
    is_out_of_reach,
)
from app.directory.queries import values_of
from app.directory.rules import DirectoryValues, problems, warnings
from app.models.access.role import Role
from app.models.directory import Directory
from ldap_sync.port import Unavailable
from ldap_sync.values import CheckFinding, CheckReport, Profile
from tests.acting import acting
from tests.directory.builders import NOW, SUFFIX, a_directory
from tests.directory.said import Told, parts_with, snapshot


@pytest.fixture
def trust(tmp_path):
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "reader").write_text("s3cret\n")
    (folder / "writer").write_text("w\n")
    return Trust(folders=(folder,), variables=frozenset({"NOT_SET_HERE"}))


def good(**changed: object) -> DirectoryValues:
    usual = {
        "name": "Acme",
        "url": "ldaps://ldap.acme.test:636",
        "base": SUFFIX,
        "bind_dn": "",
        "bind_password": "",
    }
    return DirectoryValues(**{**usual, **changed})


def add(database, values: DirectoryValues, trust: Trust = NOTHING_ALLOWED) -> int:
    with database.write() as session:
        return add_directory(acting(session, "kim", NOW), values, trust).id


def test_a_directory_is_connected_with_all_that_was_said(database, trust):
    values = good(
        url="ldap://ldap.acme.test",
        security="starttls",
        people_base=f"ou=people,{SUFFIX}",
        bind_dn="cn=r,dc=acme",
        bind_password="file:reader",
        write_dn="cn=w,dc=acme",
        write_password="file:writer",
        placeholders=("cn=nobody",),
    )
    directory_id = add(database, values, trust)
    with database.read() as session:
        directory = session.get_one(Directory, directory_id)
        assert values_of(directory) == values
        assert connection_of(directory, trust).bind_password == "s3cret"
        assert connection_of(directory, trust, writing=True).write_password == "w"


def test_the_audit_trail_tells_where_passwords_are_but_not_the_passwords(
    database, trust
):
    add(database, good(bind_dn="cn=r,dc=acme", bind_password="file:reader"), trust)
    with database.read() as session:
        event = session.scalars(select(AuditEvent)).one()
    assert event.after["bind_password"] == "file:reader"
    assert "s3cret" not in str(event.after)


@pytest.mark.parametrize(
    ("changed", "field", "why"),
    [
        ({"name": "  "}, "name", "a name"),
        ({"name": "x" * 61}, "name", "at most 60"),
        ({"url": "http://ldap.acme.test"}, "url", "ldaps:// or ldap://"),
        ({"url": "ldap.acme.test"}, "url", "ldaps:// or ldap://"),
        ({"url": ""}, "url", "ldaps:// or ldap://"),
        ({"url": "ldaps://"}, "url", "ldaps:// or ldap://"),
        ({"url": "ldaps://:636"}, "url", "lacks the server's name"),
        ({"url": "ldaps://acme.test:99999"}, "url", "port must be a number"),
        ({"url": "ldaps://acme.test:abc"}, "url", "port must be a number"),
        ({"url": "ldaps://acme.test/dc=acme"}, "url", "Only the server's name"),
        ({"url": "ldaps://kim:pw@acme.test"}, "url", "Only the server's name"),
        ({"security": "starttls"}, "security", "encrypted from the start"),
        ({"url": "ldap://acme.test"}, "security", "not encrypted from the start"),
        ({"security": "tls13"}, "security", "Choose LDAPS"),
        ({"ca_file": "/nowhere/ca.pem"}, "ca_file", "no file with certificates"),
        ({"ca_file": "ca.pem"}, "ca_file", "whole path"),
        ({"base": ""}, "base", "where the directory starts"),
        ({"base": "acme.test"}, "base", "not a distinguished name"),
        ({"people_base": "people"}, "people_base", "not a distinguished name"),
        ({"bind_dn": "reader"}, "bind_dn", "not a distinguished name"),
        (
            {"placeholders": ("cn=ok", "nobody")},
            "placeholders",
            "Line 2: 'nobody' is not",
        ),
        ({"protected": ("root",)}, "protected", "Line 1: 'root' is not"),
        (
            {"off_when": ("state=gone", "ak-active")},
            "off_when",
            "Line 2: 'ak-active' is no rule. Write attribute=value",
        ),
        ({"off_when": ("=FALSE",)}, "off_when", "Line 1: '=FALSE' is no rule"),
        ({"off_when": ("ak-active=",)}, "off_when", "Line 1: 'ak-active=' is no rule"),
        (
            {"bind_dn": "cn=r", "bind_password": ""},
            "bind_password",
            "where the password is",
        ),
        (
            {"bind_dn": "cn=r", "bind_password": "hunter2"},
            "bind_password",
            "does not store passwords",
        ),
        (
            {"bind_dn": "cn=r", "bind_password": "file:nobody"},
            "bind_password",
            "cannot be read",
        ),
        (
            {"bind_dn": "cn=r", "bind_password": "file:/nowhere"},
            "bind_password",
            "not one of the files for secrets",
        ),
        (
            {"bind_dn": "cn=r", "bind_password": "env:NOT_SET_HERE"},
            "bind_password",
            "NOT_SET_HERE, which is not set",
        ),
        ({"bind_password": "env:HOME"}, "bind_dn", "which account"),
        ({"write_dn": "cn=w"}, "write_password", "where the password is"),
    ],
)
def test_what_cannot_be_used_is_told_at_its_field(database, trust, changed, field, why):
    with pytest.raises(Invalid, match=why) as told:
        add(database, good(**changed), trust)
    assert told.value.field == field


@given(
    st.builds(
        DirectoryValues,
        *[st.text(max_size=12)] * 12,
        st.lists(st.text(max_size=9)).map(tuple),
    )
)
def test_no_input_at_all_makes_the_rules_fail(values):
    assert all(sentence.endswith(".") for sentence in problems(values).values())
    assert isinstance(warnings(values), list)


def test_a_name_is_taken_in_any_case_but_not_by_itself(database):
    directory_id = add(database, good())
    with pytest.raises(Invalid, match="already a directory called ACME"):
        add(database, good(name="ACME"))
    with database.write() as session:
        edit_directory(
            acting(session, "kim", NOW), directory_id, good(name="Acme", base="dc=new")
        )


def test_plain_text_and_reading_only_are_said_aloud():
    assert "not encrypted" in warnings(good(url="ldap://a", security="plaintext"))[0]
    assert "Read-only" in warnings(good())[0]
    assert (
        "One account" in warnings(good(bind_dn="cn=A, dc=x", write_dn="CN=a,dc=x"))[0]
    )
    assert warnings(good(bind_dn="cn=r", write_dn="cn=w")) == []


def test_the_demo_needs_no_security_and_no_accounts(database):
    directory_id = add(
        database, DirectoryValues(name="Demo", url="demo:", base="dc=demo")
    )
    with database.read() as session:
        assert (
            connection_of(
                session.get_one(Directory, directory_id), NOTHING_ALLOWED, writing=True
            ).url
            == "demo:"
        )


def test_an_edit_asks_for_a_new_check_and_is_audited_with_before_and_after(database):
    with database.write() as session:
        directory = a_directory(
            session,
            profile={"family": "openldap"},
            findings=[{"text": "old"}],
            url="ldaps://old",
        )
        directory.checked_at = NOW
    with database.write() as session:
        edit_directory(acting(session, "kim", NOW), directory.id, good())
    with database.read() as session:
        row = session.get_one(Directory, directory.id)
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "directory.edit")
        ).one()
    assert (row.profile, row.findings, row.checked_at) == ({}, [], None)
    assert (event.before["url"], event.after["url"]) == (
        "ldaps://old",
        "ldaps://ldap.acme.test:636",
    )


def test_a_directory_with_roles_is_not_forgotten(database):
    directory_id = add(database, good())
    role = {
        "name": "Clerk",
        "realisation": "nested",
        "created_at": NOW,
        "created_by": "kim",
    }
    with database.engine.begin() as connection:
        connection.execute(
            insert(Role.__table__), {"directory_id": directory_id, **role}
        )
    with database.write() as session, pytest.raises(Refused, match="has 1 role;"):
        forget_directory(acting(session, "kim", NOW), directory_id)
    with database.engine.begin() as connection:
        connection.execute(Role.__table__.delete())
    with database.write() as session:
        forget_directory(acting(session, "kim", NOW), directory_id)
    with database.write() as session, pytest.raises(NotFound):
        forget_directory(acting(session, "kim", NOW), directory_id)


def test_a_check_is_kept_with_the_directory(database, settings, clock):
    directory_id = add(database, good())
    parts = parts_with(database, settings, Told(snapshot()), clock)
    report = check_directory(parts, directory_id, by="kim")
    assert report.ok
    with database.read() as session:
        row = session.get_one(Directory, directory_id)
    assert (row.checked_at, row.profile["vendor"]) == (clock(), "Told")
    assert [finding["level"] for finding in row.findings] == ["ok"]


GOOD = Profile("OpenLDAP", "openldap", assertions=True, tested=True, server="one")
POOR = Profile("OpenLDAP", "openldap", server="one")
LOST = CheckFinding("connection", "problem", "The connection broke: try again.")


@pytest.mark.parametrize(
    ("known", "found", "whole", "kept"),
    [
        (GOOD, POOR, False, GOOD),  # it broke off before anything was tried
        (GOOD, Profile(), False, GOOD),  # nothing answered
        (GOOD, replace(POOR, tested=True), True, replace(POOR, tested=True)),
        (GOOD, replace(POOR, server="two"), False, replace(POOR, server="two")),
        (POOR, replace(GOOD, memberof="none"), False, replace(GOOD, memberof="none")),
    ],
)
def test_a_check_that_broke_off_leaves_what_the_one_before_proved(
    database, settings, clock, known, found, whole, kept
):
    directory_id = add(database, good())
    for report in (CheckReport(known), CheckReport(found, (LOST,), whole)):
        told = parts_with(database, settings, Told(report), clock)
        check_directory(told, directory_id, by="kim")
    with database.read() as session:
        row = session.get_one(Directory, directory_id)
    assert Profile(**row.profile) == kept
    assert [finding["level"] for finding in row.findings] == ["problem"]


def test_a_directory_out_of_reach_is_told_on_its_page_too(database, settings, clock):
    directory_id = add(database, good())
    parts = parts_with(
        database,
        settings,
        Told(Unavailable("Nothing answers at ldap.acme.test:636.")),
        clock,
    )
    assert is_out_of_reach(check_directory(parts, directory_id, by="kim"))
    with database.read() as session:
        (finding,) = session.get_one(Directory, directory_id).findings
    assert (finding["level"], finding["text"]) == (
        "problem",
        "Nothing answers at ldap.acme.test:636.",
    )
