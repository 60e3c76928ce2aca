"""Distinguished names: what is read, what compares equal, what is refused."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ldap_sync.dn import (
    MalformedDn,
    escape,
    fold,
    fold_or_self,
    is_under,
    parent,
    parse,
    rdn_value,
)

VALUES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
ATTRIBUTES = st.sampled_from(["cn", "CN", "ou", "uid", "2.5.4.3", "x-name_1"])
NAMES = st.lists(st.tuples(ATTRIBUTES, VALUES), min_size=1, max_size=4)


def spelled(pairs: list[tuple[str, str]]) -> str:
    return ",".join(f"{attribute}={escape(value)}" for attribute, value in pairs)


@given(NAMES)
def test_what_is_escaped_is_parsed_back(pairs: list[tuple[str, str]]) -> None:
    assert parse(spelled(pairs)) == tuple((pair,) for pair in pairs)


@given(NAMES)
@example([("cn", "İı ẞß Σς")])
@example([("cn", "#04 "), ("cn", " \\2c")])
def test_folding_twice_is_folding_once(pairs: list[tuple[str, str]]) -> None:
    assert fold(fold(spelled(pairs))) == fold(spelled(pairs))


@given(NAMES)
def test_a_folded_comma_is_always_a_separator(pairs: list[tuple[str, str]]) -> None:
    assert fold(spelled(pairs)).count(",") == len(pairs) - 1


@given(NAMES)
def test_the_parent_of_a_name_is_the_rest_of_it(pairs: list[tuple[str, str]]) -> None:
    assert parse(parent(spelled(pairs))) == parse(spelled(pairs))[1:]
    assert is_under(spelled(pairs), parent(spelled(pairs)))


@given(st.text(max_size=30))
def test_any_text_is_either_parsed_or_refused(text: str) -> None:
    try:
        parse(text)
    except MalformedDn:
        assert fold_or_self(text) == fold_or_self(fold_or_self(text))


@pytest.mark.parametrize(
    ("dn", "pairs"),
    [
        (r"cn=Meyer\2C Jr.,dc=x", (("cn", "Meyer, Jr."),)),
        (r"cn=Meyer\, Jr.,dc=x", (("cn", "Meyer, Jr."),)),
        ('cn="Meyer, Jr.",dc=x', (("cn", "Meyer, Jr."),)),
        (r'cn = "a\"b" , dc=x', (("cn", 'a"b'),)),
        ("cn=a + uid=b ; dc=x", (("cn", "a"), ("uid", "b"))),
        (r"cn=\ a\ ,dc=x", (("cn", " a "),)),
        (r"cn=a\\ ,dc=x", (("cn", "a\\"),)),
        (r"cn=a\\2C,dc=x", (("cn", "a\\2C"),)),
        (r"cn=J\C3\BCrgen,dc=x", (("cn", "Jürgen"),)),
        ("cn=#04024869,dc=x", (("cn", "Hi"),)),
        ("cn=#020105,dc=x", (("cn", "#020105"),)),
        ("OID.2.5.4.3=a,dc=x", (("OID.2.5.4.3", "a"),)),
        ("cn=a=b/c,dc=x", (("cn", "a=b/c"),)),
        ("cn=,dc=x", (("cn", ""),)),
    ],
)
def test_all_legal_spellings_are_read(
    dn: str, pairs: tuple[tuple[str, str], ...]
) -> None:
    assert parse(dn) == (pairs, (("dc", "x"),))


@pytest.mark.parametrize(
    "dn",
    [
        "nonsense",
        "=a",
        "cn=a,",
        "cn=a,,dc=x",
        "cn=a\\",
        r"cn=a\zz",
        'cn="a',
        "cn=a<b",
        "cn=#4",
        "cn=#0g",
        "cn=a\x00b",
        "<GUID=00>",
        "cn=a+,dc=x",
        r"cn=\FF,dc=x",
        "1.=a",
    ],
)
def test_what_is_no_name_is_refused(dn: str) -> None:
    with pytest.raises(MalformedDn):
        fold(dn)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CN=Anna  Berg , DC=X", "cn=anna berg,dc=x"),
        (r"cn=a\2Cb,dc=x", r"cn=A\,B,dc=x"),
        ("uid=1+cn=a,dc=x", "cn=A+uid=1,dc=x"),
        ("cn=JÜRGEN,dc=x", r"cn=j\C3\BCrgen,dc=x"),
        ("cn=ΝΙΚΟΣ,dc=x", "cn=νικοσ,dc=x"),
    ],
)
def test_equal_spellings_fold_to_one_key(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("cn=Gross", "cn=Groß"), ("cn=é", "cn=e\u0301"), (r"cn=a\,dc=x", "cn=a,dc=x")],
)
def test_names_that_may_differ_on_a_server_stay_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_an_escaped_comma_does_not_put_an_entry_below_another() -> None:
    assert not is_under(r"cn=a\,dc=x", "dc=x")
    assert is_under("CN=a, DC=X", "dc=x")
    assert is_under("dc=x", "DC=x")
    assert is_under("dc=x", "")


def test_the_parent_keeps_its_spelling() -> None:
    assert parent(r"cn=a\,b, OU=People , DC=x") == "OU=People , DC=x"
    assert parent("dc=x") == ""
    assert parent("") == ""


def test_the_name_of_an_entry_is_its_unescaped_first_value() -> None:
    assert rdn_value(r"cn=Meyer\2C Jr.,dc=x") == "Meyer, Jr."
    assert rdn_value("") == ""


def test_a_value_that_is_no_name_is_only_lowered() -> None:
    assert fold_or_self("  Anna  B ") == "anna b"
    assert fold_or_self("CN=A , dc=x") == "cn=a,dc=x"
