"""What real servers write when applications ask about groups, and what is read out of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import ldap3
import pytest

from ldap_sync.dn import escape, fold_or_self
from ldap_sync.logs import LogLines, LogReader, Way, WhatWasAsked
from tests.ldap_sync import server_389
from tests.ldap_sync.process import demand
from tests.ldap_sync.server_389 import DirectoryServer389
from tests.ldap_sync.servers import (
    GROUPS,
    PASSWORD,
    PEOPLE,
    READER,
    SUFFIX,
    LdapServer,
    Slapd,
    group_ldif,
    person_ldif,
)
from tests.ldap_sync.talkative import TalkativeSlapd

ANA = f"uid=ana,{PEOPLE}"
GITEA, ODD = f"cn=gitea,{GROUPS}", f"cn={escape('ä, b (c)*')},{GROUPS}"
SEED = (
    person_ldif("ana")
    + group_ldif("gitea", [ANA])
    + group_ldif("ä, b (c)*", [ANA], dn=ODD)
)
EVERYTHING = 1 << 30


@pytest.fixture
def slapd() -> Iterator[Slapd]:
    with TalkativeSlapd(ldif=SEED, overlays=("memberof",)) as server:
        yield server


@pytest.fixture(scope="module")
def ds() -> Iterator[DirectoryServer389]:
    demand(server_389.missing())
    with DirectoryServer389(ldif=SEED) as server:
        server.setting("nsslapd-accesslog-logbuffering", "off")
        server.setting("nsslapd-accesslog-logging-enabled", "on")
        yield server


def ask(server: LdapServer, account: str | None = READER) -> None:
    """Ask as applications do, one after the other in every way."""
    door = ldap3.Server(server.url, get_info=ldap3.NONE)
    secret = PASSWORD if account else None
    with ldap3.Connection(door, account, secret, check_names=False) as wire:
        for group in (GITEA, ODD):
            quoted = ldap3.utils.conv.escape_filter_chars(group)
            wire.search(PEOPLE, f"(&(uid=ana)(memberOf={quoted}))", attributes=["uid"])
        wire.search(GITEA, f"(member={ANA})", ldap3.BASE, attributes=["cn"])
        wire.search(GROUPS, f"(&(cn=gitea)(member={ANA}))", attributes=["1.1"])
        wire.search(GROUPS, f"(uniqueMember={ANA})", attributes=["cn"])
        wire.compare(GITEA, "member", ANA)
        wire.search(GITEA, "(objectClass=*)", ldap3.BASE, attributes=["member"])
        wire.search(GITEA, "(objectClass=*)", ldap3.BASE, attributes=["*"])
        wire.search(ANA, "(objectClass=*)", ldap3.BASE, attributes=["memberOf", "mail"])
        wire.search(PEOPLE, "(mail=ana@acme.test)", attributes=["cn"])


def read(path: Path, since: int = 0) -> tuple[LogReader, list[WhatWasAsked]]:
    """Read a log from a place on."""
    reader = LogReader(datetime.now(UTC).date())
    with path.open("rb") as file:
        file.seek(since)
        return reader, list(reader.read(LogLines(file, EVERYTHING)))


def told(asked: list[WhatWasAsked], account: str) -> list[tuple[Way, str, str]]:
    """Return way, group and name of what one account asked, as it came."""
    return [
        (one.way, fold_or_self(one.group), one.name)
        for one in asked
        if one.account == account
    ]


EXPECTED = [
    (Way.MEMBEROF, fold_or_self(GITEA), ""),
    (Way.MEMBEROF, fold_or_self(ODD), ""),
    (Way.MEMBER, fold_or_self(GITEA), ""),
    (Way.MEMBER, "", "gitea"),
    (Way.MEMBER, "", ""),
    (Way.COMPARE, fold_or_self(GITEA), ""),
    (Way.LIST, fold_or_self(GITEA), ""),
    (Way.LIST, fold_or_self(GITEA), ""),
    (Way.MEMBEROF_LIST, "", ""),
]


def test_slapd_tells_who_asks_which_group_how(slapd: Slapd) -> None:
    ask(slapd)
    reader, asked = read(slapd.folder / "output")
    assert reader.server == "slapd"
    assert told(asked, READER) == EXPECTED
    assert {one.day for one in asked} == {datetime.now(UTC).date()} == {reader.last}


def test_389_tells_who_asks_which_group_how(ds: DirectoryServer389) -> None:
    log = ds.folder / "log/access"
    before = log.stat().st_size
    ask(ds)
    reader, asked = read(log, before)
    assert reader.server == "389"
    # 389 writes operations of one moment in no certain order.
    assert sorted(told(asked, READER)) == sorted(EXPECTED)
    assert reader.first == reader.last == datetime.now(UTC).date()


@pytest.mark.parametrize("which", ["slapd", "ds"])
def test_who_signs_in_as_nobody_is_known_by_the_address(
    which: str, request: pytest.FixtureRequest
) -> None:
    server = request.getfixturevalue(which)
    log = server.folder / ("output" if which == "slapd" else "log/access")
    before = log.stat().st_size
    ask(server, None)
    _, asked = read(log, before)
    assert {one.address for one in asked if not one.account} == {"127.0.0.1"}


def test_a_refused_sign_in_gives_nobody_a_name(slapd: Slapd) -> None:
    door = ldap3.Server(slapd.url, get_info=ldap3.NONE)
    wire = ldap3.Connection(door, READER, "wrong", check_names=False)
    assert not wire.bind()
    wire.search(GITEA, "(objectClass=*)", ldap3.BASE, attributes=["member"])
    wire.unbind()
    _, asked = read(slapd.folder / "output")
    assert [one.account for one in asked if one.way is Way.LIST] == [""]


def test_nothing_is_said_of_whom_a_question_was_about(slapd: Slapd) -> None:
    ask(slapd)
    _, asked = read(slapd.folder / "output")
    assert "ana" not in repr(asked)
    assert SUFFIX in repr(asked)
