"""Logs that are cut, rotated, packed or rubbish, and what Active Directory's events say."""

from __future__ import annotations

import gzip
from datetime import date
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ldap_sync.logs import LogLines, LogReader, LogTooLarge, Way, WhatWasAsked
from ldap_sync.logs.days import Days
from ldap_sync.logs.lines import LONGEST_LINE

TODAY = date(2026, 3, 2)
G = "cn=gitea,ou=groups,dc=acme,dc=test"
SLAPD = f"""69a51c80.0 0x7f conn=1 fd=12 ACCEPT from IP=10.0.0.5:3344 (IP=0.0.0.0:389)
69a51c80.1 0x7f conn=1 op=0 BIND dn="cn=git,dc=acme,dc=test" method=128
69a51c80.1 0x7f conn=1 op=0 BIND dn="cn=git,dc=acme,dc=test" mech=SIMPLE bind_ssf=0 ssf=0
69a51c80.1 0x7f conn=1 op=0 RESULT tag=97 err=0 etime=0.000052 text=
69a51c80.2 0x7f conn=1 op=1 SRCH base="dc=acme,dc=test" scope=2 deref=0 filter="(memberOf={G})"
69a51c80.2 0x7f conn=1 op=1 SRCH attr=cn
69a51c80.2 0x7f conn=1 op=1 SEARCH RESULT tag=101 err=0 nentries=1 text=
69a51c80.2 0x7f conn=1 op=2 UNBIND
69a51c80.2 0x7f conn=1 fd=12 closed
"""
DS = f"""[02/Mar/2026:10:00:00.1 +0000] conn=3 fd=64 slot=64 connection from 10.0.0.6 to 10.0.0.1
[02/Mar/2026:10:00:00.2 +0000] conn=3 op=0 BIND dn="cn=ci" method=128 version=3
[02/Mar/2026:10:00:00.2 +0000] conn=3 op=0 RESULT err=0 tag=97 nentries=0 dn="cn=ci"
[02/Mar/2026:10:00:00.3 +0000] conn=3 op=1 CMP dn="{G}" attr="uniqueMember"
"""
AD = f"""Event[0]
  Log Name: Directory Service
  Source: Microsoft-Windows-ActiveDirectory_DomainService
  Date: 2026-03-01T08:15:02.1230000Z
  Event ID: 1644
  Description:
Internal event: A client issued a search operation with the following options.

Client:
10.0.0.7:50122
Starting node:
DC=acme,DC=test
Filter:
 (&(objectCategory=person)(memberOf:1.2.840.113556.1.4.1941:={G}))
Search scope:
subtree
Attribute selection:
sAMAccountName,mail
Server controls:

Visited entries:
12
Returned entries:
3
User:
ACME\\svc-git

Event[1]
  Date: 2026-03-02T09:00:00.0000000Z
  Description:
Internal event: A client issued a search operation with the following options.
Client: 10.0.0.8:1024
Starting node: {G}
Filter: ( objectClass=* )
Search scope: base
Attribute selection: member;range=0-1499
User: ACME\\svc-mail
"""


def read(raw: bytes, most: int = 1 << 30) -> tuple[LogReader, list[WhatWasAsked]]:
    reader = LogReader(TODAY)
    return reader, list(reader.read(LogLines(BytesIO(raw), most)))


def test_a_group_is_asked_for_by_memberof() -> None:
    reader, [asked] = read(SLAPD.encode())
    day = date(2026, 3, 2)
    assert asked == WhatWasAsked(
        day, "cn=git,dc=acme,dc=test", "10.0.0.5", Way.MEMBEROF, G
    )
    assert (reader.server, reader.first, reader.last) == ("slapd", day, day)


def test_a_compare_of_389_is_known() -> None:
    _, [asked] = read(DS.encode())
    assert (asked.account, asked.address) == ("cn=ci", "10.0.0.6")
    assert (asked.way, asked.group, asked.day) == (Way.COMPARE, G, date(2026, 3, 2))


def test_events_of_active_directory_tell_matching_in_chain_and_member_lists() -> None:
    reader, [chain, members] = read(AD.encode())
    assert (reader.server, reader.first, reader.last) == (
        "ad",
        date(2026, 3, 1),
        date(2026, 3, 2),
    )
    assert (chain.way, chain.group) == (Way.CHAIN, G)
    assert (chain.account, chain.address) == ("ACME\\svc-git", "10.0.0.7")
    assert (members.way, members.group, members.certain) == (Way.LIST, G, True)


def test_who_signed_in_stays_known_when_the_line_from_where_comes_late() -> None:
    """A busy slapd writes what was asked first before it writes that somebody has come."""
    lines = SLAPD.splitlines(keepends=True)
    late = "".join([*lines[1:4], lines[0], *lines[4:]])
    _, [asked] = read(late.encode())
    assert (asked.account, asked.address) == ("cn=git,dc=acme,dc=test", "10.0.0.5")


def test_a_server_that_starts_again_counts_its_connections_anew() -> None:
    torn = "".join(SLAPD.splitlines(keepends=True)[:4])
    anonymous = SLAPD.splitlines(keepends=True)
    again = "".join([anonymous[0].replace("10.0.0.5", "10.0.0.9"), *anonymous[4:]])
    _, [asked] = read((torn + again).encode())
    assert (asked.account, asked.address) == ("", "10.0.0.9")


def test_a_rotated_log_begins_in_the_middle_of_a_connection() -> None:
    rotated = "".join(SLAPD.splitlines(keepends=True)[4:])
    _, [asked] = read(rotated.encode())
    assert (asked.account, asked.address, asked.group) == ("", "", G)


def test_a_search_whose_end_is_cut_off_counts() -> None:
    cut = "".join(SLAPD.splitlines(keepends=True)[:6])
    assert len(read(cut.encode())[1]) == 1


def test_a_connection_number_that_is_used_again_has_another_speaker() -> None:
    again = SLAPD.replace("cn=git,", "cn=wiki,").replace("10.0.0.5", "10.0.0.9")
    _, asked = read((SLAPD + again).encode())
    assert [one.address for one in asked] == ["10.0.0.5", "10.0.0.9"]
    assert asked[1].account == "cn=wiki,dc=acme,dc=test"


def test_a_packed_log_is_read_and_a_cut_one_as_far_as_it_goes() -> None:
    packed = gzip.compress(SLAPD.encode() * 50)
    assert len(read(packed)[1]) == 50
    lines = LogLines(BytesIO(packed[:-12]), 1 << 30)
    assert len(list(LogReader(TODAY).read(lines))) <= 50
    assert lines.cut


def test_a_bomb_is_refused() -> None:
    bomb = gzip.compress(b"\0" * (8 << 20))
    with pytest.raises(LogTooLarge):
        read(bomb, most=1 << 20)


def test_an_endless_line_is_passed_over_and_counted() -> None:
    lines = LogLines(
        BytesIO(b"x" * (3 * LONGEST_LINE) + b"\n" + SLAPD.encode()), 1 << 30
    )
    assert len(list(LogReader(TODAY).read(lines))) == 1
    assert (lines.overlong, lines.count) == (1, 10)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Mar  2 09:00:00 ldap1 slapd[7]: conn=1", date(2026, 3, 2)),
        ("Dec 31 09:00:00 ldap1 slapd[7]: conn=1", date(2025, 12, 31)),
        ("Feb 29 09:00:00 ldap1 slapd[7]: conn=1", date(2024, 2, 29)),
        ("2026-03-01T09:00:00.1+01:00 ldap1 slapd[7]: conn=1", date(2026, 3, 1)),
        ("[31/Feb/2026:10:00:00 +0000] conn=1", None),
        ("conn=1", None),
    ],
)
def test_the_day_of_a_line(line: str, day: date | None) -> None:
    assert Days(TODAY).of(line) == day


PIECES = [*SLAPD.splitlines(keepends=True), *DS.splitlines(), *AD.splitlines(True)]


@given(st.binary(max_size=2000))
def test_rubbish_is_read_without_a_word(raw: bytes) -> None:
    read(raw)


@given(
    st.lists(st.sampled_from(PIECES) | st.text(max_size=40), max_size=40),
    st.integers(0, 3000),
)
def test_lines_in_any_order_and_cut_anywhere_are_read(
    lines: list[str], at: int
) -> None:
    _, asked = read("".join(lines).encode("utf-8", "replace")[:at])
    assert all(one.way in Way for one in asked)


@given(st.integers(0, len(SLAPD)), st.integers(0, len(SLAPD)))
def test_a_piece_never_tells_more_than_the_whole(start: int, end: int) -> None:
    _, asked = read(SLAPD[start:end].encode())
    assert len(asked) <= 1
