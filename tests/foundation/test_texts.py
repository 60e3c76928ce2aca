"""Texts of other programs: whatever their encoding, what can be read is read, and what is no text
is named.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalog.takeover.rules import parse as parse_services
from app.core.errors import Invalid
from app.core.texts import (
    NotText,
    charset,
    decoded,
    decoded_with_name,
    readable,
    why_no_text,
)
from app.improvements.takeover.rules import parse as parse_register
from app.incidents.takeover.rules import read_backlog

DECLARED = (
    ("gb2312", "gb18030", "打印机镕坏了"),
    ("gbk", "gb18030", "打印机坏了 €"),
    ("shift_jis", "cp932", "①番のレジ"),
    ("euc-kr", "cp949", "똠방각하"),
    ("ks_c_5601-1987", "cp949", "프린터"),
    ("tis-620", "cp874", "เสีย “เสีย”"),
    ("iso-8859-1", "cp1252", "“Till” – 20 €"),
    ("iso-8859-8", "cp1255", "מדפסת ₪"),
    ("iso-8859-8-i", "cp1255", "מדפסת"),
    ("iso-8859-9", "cp1254", "Yazıcı “bozuk”"),
    ("ISO-8859-15", "iso8859-15", "20 €"),
    ("koi8-r", "koi8_r", "Принтер"),
    ("iso-2022-jp", "iso2022_jp", "プリンタ"),
    ("utf-16", "utf-16", "Störung"),
    ("us-ascii", "utf-8", "Störung"),
    ("us-ascii", "cp1252", "Störung"),
    ("klingon", "cp1252", "Störung für 20 €"),
    ("utf-7", "utf-8", "Störung +2AA-"),
    ("", "utf-8-sig", "Größe"),
    ("", "utf-16", "Größe;Ort"),
    ("", "utf-16-le", "Groesse;Ort"),
    ("", "utf-16-be", "Groesse;Ort"),
    ("", "utf-32", "Größe"),
    ("", "cp1252", "Größe"),
    ("", "cp1251", "Принтер не работает"),
    ("", "koi8_r", "Принтер не работает, помогите пожалуйста"),
    ("", "gb18030", "打印机坏了请帮忙处理一下谢谢"),
    ("", "cp932", "プリンタが壊れました。助けてください"),
)


@pytest.mark.parametrize(("declared", "written", "text"), DECLARED)
def test_a_text_is_read_as_it_was_meant(declared: str, written: str, text: str) -> None:
    assert decoded(text.encode(written), declared) == text


UNSAFE = (
    "utf-7",
    "unicode_escape",
    "raw_unicode_escape",
    "idna",
    "punycode",
    "undefined",
    "base64",
    "hex",
    "rot13",
)


@pytest.mark.parametrize(
    "label", [*UNSAFE, "zlib", "", "\0", "\ud800", "x" * 10_000, "../../etc/passwd"]
)
def test_what_is_no_charset_of_a_text_is_never_used(label: str) -> None:
    assert charset(label) == ""
    assert readable(b"bad +2AA- \\ud800 text", label) == "bad +2AA- \\ud800 text"


def test_a_text_with_one_broken_sign_keeps_the_others() -> None:
    assert (
        decoded("Größe für dich".encode()[:-1] + b"\xc3", "utf-8")
        == "Größe für dic\ufffd"
    )
    assert decoded("打印机坏了请帮忙".encode("gb18030")[:-1], "gb2312").startswith(
        "打印机坏了请帮"
    )


NO_TEXTS = (
    (b"PK\x03\x04\x14\x00\x06\x00", "spreadsheet"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00", "old Office"),
    (b"%PDF-1.7", "PDF"),
    (b"\x1f\x8b\x08\x00", "compressed"),
    (b"name;site\nada\x00;B", "zero bytes"),
    (b"\xff\xfea\x00\x00\x00", "zero bytes"),
)


@pytest.mark.parametrize(("content", "kind"), NO_TEXTS)
def test_what_is_no_text_is_named(content: bytes, kind: str) -> None:
    assert kind in why_no_text(content)
    with pytest.raises(NotText, match=kind):
        decoded(content)
    with pytest.raises(ValueError, match="no text"):
        decoded(content)


def test_the_encoding_that_was_found_is_told() -> None:
    assert decoded_with_name("Größe".encode("cp1252")) == ("Größe", "cp1252")
    assert decoded_with_name(b"\xef\xbb\xbfday") == ("day", "utf-8")


@given(
    st.binary(max_size=400),
    st.sampled_from(["", "utf-16", "gb2312", "iso-2022-jp", "hz", "utf-32", "big5"]),
)
def test_no_bytes_stop_the_reader(raw: bytes, declared: str) -> None:
    text = readable(raw, declared)
    text.encode()
    assert "\0" not in text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff")))
def test_what_is_written_in_utf_8_comes_back(text: str) -> None:
    raw = text.encode()
    if not why_no_text(raw):
        assert decoded(raw) == text


@pytest.mark.parametrize("parse", [parse_services, parse_register])
def test_a_table_keeps_every_line_or_says_that_there_are_too_many(
    parse: Callable[[str], Any],
) -> None:
    heading = "name" if parse is parse_services else "title"
    assert len(parse(f"{heading}\r" + "x\r" * 5000).rows) == 5000
    with pytest.raises(Invalid, match="5,000 are taken at once"):
        parse(f"{heading}\n" + "x\n" * 5001)


def test_a_cell_above_the_limit_of_the_csv_module_is_read() -> None:
    head = "id,title,state,requester,created_at,description\n"
    text = (
        f'{head}1,Till,new,Ann,2026-03-02 09:00,"{"x" * 140_000}"\n2,Scale,new,Ann,2026-03-02 '
        "09:00,y\n"
    )
    found = read_backlog(text, datetime(2026, 11, 1, tzinfo=UTC))
    assert ([len(row.description) for row in found.rows], found.rejects) == (
        [140_000, 1],
        (),
    )
    assert (
        parse_services(f'name,what it is\nMail,"{"x" * 140_000}"\n')
        .rows[0]
        .values["name"]
        == "Mail"
    )
