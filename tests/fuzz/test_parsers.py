"""Whatever strangers send, a parser reads it or refuses it in its own words: never another error,
never a hang.

A few hundred cases of each kind run with the suite; ``make fuzz`` runs as many as ``FUZZ_CASES``
says.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ldap3.operation.search import compile_filter, parse_filter
from pyasn1.codec.ber import encoder

from app.core.errors import Invalid
from app.incidents.calls.rules import understood
from app.incidents.letters.rules import parsed
from app.people.rules.numbers import number_of
from ldap_sync import ber
from ldap_sync.adapter import filters
from ldap_sync.demo.errors import LdapError
from ldap_sync.demo.filters import read_filter
from ldap_sync.demo.messages import read_modify, read_request, read_search
from ldap_sync.dn import MalformedDn, fold, fold_or_self, parse
from ldap_sync.ldif import snapshot_from_ldif
from ldap_sync.port import DirectoryError

CASES = int(os.environ.get("FUZZ_CASES", "200"))
many = settings(
    max_examples=CASES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def joined(*pieces: str | bytes) -> st.SearchStrategy[bytes]:
    """Texts that are made of telling pieces and of anything in between."""
    known = [piece.encode() if isinstance(piece, str) else piece for piece in pieces]
    return st.lists(st.sampled_from(known) | st.binary(max_size=8), max_size=30).map(
        b"".join
    )


NAMES = joined(
    "cn",
    "=",
    ",",
    "+",
    "\\",
    "\\2c",
    "#04",
    "#",
    " ",
    ";",
    '"',
    "1.2.3",
    "ü",
    "\x00",
    "uid=ada,dc=x",
)


@many
@given(NAMES)
def test_a_distinguished_name_is_parsed_or_refused(raw: bytes) -> None:
    text = raw.decode(errors="replace")
    assert fold_or_self(text) is not None
    try:
        parts = parse(text)
    except MalformedDn:
        return
    assert fold(text) == fold(fold(text))
    assert all(pair for pair in parts)


LINES = joined(
    "dn: uid=ada,dc=x\n",
    "dn:: ",
    "dn:",
    "objectClass: inetOrgPerson\n",
    "objectClass: groupOfNames\n",
    "member: uid=ada,dc=x\n",
    "member;range=0-1: a\n",
    "member;range=0-*: a\n",
    "member;range=99999999999999999999-*: a\n",
    "changetype: add\n",
    "version: 1\n",
    "search: 2\n",
    "result: 0 Success\n",
    "# extended LDIF\n",
    "# numEntries: 99999999999999999999\n",
    "pagedresults: cookie=a\n",
    "uid:: YWRh\n",
    "jpegPhoto:< file:///x\n",
    "\n",
    "\r\n",
    " ",
    b"\xff\xfe",
    b"\x00",
)


@many
@given(raw=LINES)
def test_an_ldif_file_is_read_or_refused(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "any.ldif"
    path.write_bytes(raw)
    try:
        snapshot_from_ldif(path)
    except DirectoryError as error:
        assert str(error)


def a_message(operation: bytes) -> bytes:
    return ber.sequence([ber.integer(1), operation])


ELEMENTS = st.recursive(
    st.builds(ber.encode, st.integers(0, 255), st.binary(max_size=12))
    | st.binary(max_size=12),
    lambda inner: st.builds(
        lambda tag, parts: ber.encode(tag, b"".join(parts)),
        st.sampled_from(
            [0x30, 0x31, 0x63, 0x66, 0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA9, 0x87]
        ),
        st.lists(inner, max_size=5),
    ),
    max_leaves=30,
)


@many
@given(ELEMENTS)
def test_octets_of_the_protocol_are_understood_or_refused(raw: bytes) -> None:
    for data in (raw, a_message(raw), raw[:-1]):
        try:
            request = read_request(data)
            for read in (read_search, read_modify):
                read(request)
        except (ValueError, LdapError):
            continue


@many
@given(ELEMENTS)
def test_a_filter_of_the_protocol_is_understood_or_refused(raw: bytes) -> None:
    try:
        matches = read_filter(raw, ber.element(raw, 0, len(raw)))
        assert matches(lambda _: {}) in (True, False, None)
    except (ValueError, LdapError):
        return


@many
@given(st.text() | st.binary())
def test_any_value_in_a_filter_stays_one_value(value: str | bytes) -> None:
    text = filters.all_of(
        filters.equals("cn", value), filters.absent(filters.equals("uid", value))
    )
    tree = compile_filter(
        parse_filter(text, None, False, False, None, False).elements[0]
    )
    sent = encoder.encode(tree)
    octets = value.encode() if isinstance(value, str) else value
    both = list(ber.children(sent, *ber.element(sent, 0, len(sent))[1:]))
    equal = [ber.read_octets(sent, part) for part in ber.children(sent, *both[0][1:])]
    assert (len(both), equal) == (2, [b"cn", octets])


HEADS = joined(
    "From: ada@x.example\n",
    "From: =?utf-7?Q?+2AA-?= <a@x>\n",
    "Subject: [#999999999999-0123456789] x\n",
    "Subject: =?x-unknown?B?!!!?=\n",
    "Message-ID: <a@x>\n",
    "In-Reply-To: Your message <a@x>\n",
    "Content-Type: text/plain; charset=utf-7\n",
    "Content-Type: text/html; charset=unicode_escape\n",
    "Content-Type: multipart/mixed; boundary=b\n",
    "Content-Type: message/rfc822\n",
    "Content-Transfer-Encoding: base64\n",
    "Auto-Submitted: auto-generated\n",
    "\n",
    "--b\n",
    "--b--\n",
    "<![foo bar]><p>",
    "<!--",
    "<![CDATA[",
    "<a",
    "bad +2AA- \\ud800 text\n",
    "-----Original Message-----\n",
    "On Monday Ada wrote:\n",
    b"\xed\xa0\x80",
    b"\x00",
)


@many
@given(HEADS)
def test_a_mail_is_read_however_broken_it_is(raw: bytes) -> None:
    found = parsed(raw, ("desk@x.example",))
    for text in (found.subject, found.text, found.name, found.sender, found.message_id):
        text.encode()
        assert "\x00" not in text


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
)
CALLS = st.fixed_dictionaries(
    {},
    optional={
        "event": st.sampled_from(["new call", "answer", "hang-up"]) | JSON,
        "call": JSON,
        "number": JSON,
        "agent": JSON,
        "at": st.sampled_from(
            [
                "2026-03-02T09:00:00Z",
                "2026-03-02",
                "0000-00-00",
                "9999-12-31T23:59+14:00",
            ]
        )
        | JSON,
    },
)


@many
@given(CALLS.map(lambda said: json.dumps(said).encode()) | st.binary(max_size=60))
def test_what_a_telephone_says_is_understood_or_refused(body: bytes) -> None:
    try:
        told = understood(body)
    except Invalid as refused:
        assert refused.message
        return
    assert told.event


@many
@given(
    joined(
        "+",
        "00",
        "41",
        "(0)",
        "31",
        "ext.",
        "x",
        ";ext=",
        "sip:",
        "@pbx",
        "<tel:",
        ">",
        "٣",
        "-",
        "/",
    )
)
def test_a_telephone_number_is_one_or_none(raw: bytes) -> None:
    for country in ("", "41", "1", "999"):
        found = number_of(raw.decode(errors="replace"), country)
        assert found is None or found.digits.isdecimal()


DEEP: dict[str, Callable[[], object]] = {
    "JSON of a telephone": lambda: understood(b"[" * 100_000),
    "a mail in a mail": lambda: parsed(b"Content-Type: message/rfc822\n\n" * 1_500),
    "parts in parts": lambda: parsed(
        b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (at, at)
            for at in range(1_500)
        )
    ),
    "a filter": lambda: read_filter(
        nested := nest(5_000), ber.element(nested, 0, len(nested))
    ),
}


def nest(depth: int) -> bytes:
    """A negation of a negation of … in the octets of the protocol."""
    inner = ber.encode(0x87, b"cn")
    for _ in range(depth):
        inner = ber.encode(0xA2, inner)
    return inner


@pytest.mark.parametrize("kind", DEEP)
def test_depth_ends_in_words(kind: str) -> None:
    try:
        DEEP[kind]()
    except (Invalid, ber.MalformedBer) as refused:
        assert str(refused)
