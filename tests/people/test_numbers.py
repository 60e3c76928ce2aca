"""Phone numbers are understood however they are written, and never mistaken for one another."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.people.rules.numbers import Number, folded, is_same, is_withheld, number_of


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("+41 31 555 01 12", "41315550112"),
        ("0041 31 555 01 12", "41315550112"),
        ("031 555 01 12", "41315550112"),
        ("+41 (0)31 555-01-12", "41315550112"),
        ("tel:+41-31-555-01-12", "41315550112"),
        ("sip:+41315550112@pbx.example", "41315550112"),
        ("112", "112"),
        ("0800 FLOWERS", "418003569377"),
    ],
)
def test_a_number_is_understood_however_it_is_written(text: str, digits: str) -> None:
    assert number_of(text, "41") == Number(digits)


@pytest.mark.parametrize(
    "text",
    ["+41 31 555 01 00 ext. 112", "+41 31 555 01 00 x112", "+41315550100;ext=112"],
)
def test_an_extension_behind_a_number_is_kept_apart(text: str) -> None:
    assert number_of(text) == Number("41315550100", "112")


SPELLINGS = [
    "+41 31 555 01 12",
    "+41315550112",
    "+41-31-555-01-12",
    "+41.31.555.01.12",
    "+41 (31) 555 01 12",
    "+41 (0) 31 555 01 12",
    "+41\u00a031\u00a0555\u00a001\u00a012",
    "0041315550112",
    "00 41 31 555 01 12",
    "0315550112",
    "031/555 01 12",
    "031–555–01–12",
    "(031) 555 01 12",
    "０３１ ５５５ ０１ １２",
    "tel:+41315550112",
    "tel:0315550112;phone-context=+41",
    "sip:+41315550112@pbx.example;user=phone",
    "sips:0315550112@10.0.0.1",
    "SIP:0041315550112@pbx.example:5060",
    '"Anna Berg" <sip:+41315550112@pbx.example>',
    "<tel:+41-31-555-01-12>",
]


@pytest.mark.parametrize("text", SPELLINGS)
def test_every_spelling_telephones_and_people_send_is_the_same_number(
    text: str,
) -> None:
    assert number_of(text, "41") == Number("41315550112")


@pytest.mark.parametrize(
    ("text", "country", "digits"),
    [
        ("06 12 34 56 78", "33", "33612345678"),
        ("02 1234 5678", "39", "390212345678"),
        ("8 (495) 123-45-67", "7", "74951234567"),
        ("011 41 31 555 01 12", "1", "41315550112"),
        ("(312) 555-0123", "1", "13125550123"),
        ("1-312-555-0123", "1", "13125550123"),
        ("123 45 67 89", "", "123456789"),
        ("511 1234", "354", "3545111234"),
    ],
)
def test_each_country_has_its_own_way_to_write_a_number(
    text: str, country: str, digits: str
) -> None:
    assert number_of(text, country) == Number(digits)


def test_the_same_last_eight_digits_do_not_make_two_numbers_one() -> None:
    chicago, austin = number_of("312-555-0123", "1"), number_of("512-555-0123", "1")
    assert chicago and austin and not is_same(chicago, austin)


def test_a_number_with_and_without_its_country_is_the_same_telephone() -> None:
    for national, country in (
        ("511 1234", "+354 "),
        ("031 555 01 12", "+41 31 555 01 12"),
    ):
        near, far = (
            number_of(national),
            number_of(country + national if country == "+354 " else country),
        )
        assert near and far and is_same(near, far)


def test_an_extension_alone_is_a_number_of_its_own() -> None:
    assert number_of("ext. 112") == Number("112")


@pytest.mark.parametrize(
    "text",
    ["", "Anna Berg", "anonymous", "1", "1" * 16, "anna.berg", "+", "4 Ever Yours 2"],
)
def test_what_is_no_number_is_none(text: str) -> None:
    assert number_of(text) is None


@pytest.mark.parametrize(
    "text", ["", "  ", "anonymous", "Withheld", "sip:anonymous@anonymous.invalid"]
)
def test_a_withheld_number_is_known_as_such(text: str) -> None:
    assert is_withheld(text)
    assert not is_withheld("+41 31 555 01 12")


def test_an_extension_is_the_same_only_in_all_its_digits() -> None:
    assert is_same(Number("112"), Number("112"))
    assert not is_same(Number("112"), Number("12"))
    assert not is_same(Number("112"), Number("41315550112"))


@given(
    st.from_regex(r"[1-9][0-9]{8,10}", fullmatch=True),
    st.sampled_from(["41", "49", "372"]),
)
def test_every_way_to_write_a_national_number_is_the_same_number(
    national: str, country: str
) -> None:
    ways = [
        number_of(text, country)
        for text in (f"+{country}{national}", f"00{country}{national}", f"0{national}")
    ]
    assert {each.digits for each in ways if each} == {country + national}
    without = number_of(f"0{national}")
    assert without is not None and ways[0] is not None and is_same(without, ways[0])


@given(st.text(max_size=40))
def test_no_text_breaks_it(text: str) -> None:
    found = number_of(text, "41")
    assert found is None or found.digits.isdecimal()
    assert folded(folded(text)) == folded(text)


def test_names_are_compared_without_accents() -> None:
    assert folded("Jürgen Köhler") == "jurgen kohler"
    assert folded("Wanda Zielińska") == "wanda zielinska"
