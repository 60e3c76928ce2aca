"""BER as LDAP uses it: what is encoded is read back, by others too, and rubbish is refused."""

import contextlib
import importlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ldap_sync import ber

decoder = importlib.import_module(
    "pyasn1.codec.ber.decoder"
)  # the decoder that ldap3 uses
NUMBERS = st.integers(-(2**63), 2**63 - 1)


@given(NUMBERS)
def test_an_integer_is_read_back_by_us_and_by_others(number: int) -> None:
    assert decoder.decode(ber.integer(number))[0] == number
    assert (
        ber.read_integer(
            ber.integer(number), *ber.expect(ber.peek(ber.integer(number)), ber.INTEGER)
        )
        == number
    )


@given(st.lists(st.binary(max_size=300)))
def test_a_sequence_is_read_back(values: list[bytes]) -> None:
    data = ber.sequence(map(ber.octets, values))
    start, end = ber.expect(ber.element(data, 0, len(data)), ber.SEQUENCE)
    assert [
        ber.read_octets(data, child) for child in ber.children(data, start, end)
    ] == values


@pytest.mark.parametrize("size", [0, 127, 128, 255, 256, 65535, 65536])
def test_every_form_of_length_is_understood_by_others(size: int) -> None:
    value, rest = decoder.decode(ber.octets(b"x" * size))
    assert (bytes(value), rest) == (b"x" * size, b"")


@given(st.binary(max_size=300), st.integers(0, 5))
def test_a_header_that_is_still_coming_is_waited_for(
    value: bytes, arrived: int
) -> None:
    data = ber.octets(value)
    header = len(data) - len(value)
    found = ber.peek(data[:arrived])
    assert found == (None if arrived < header else (ber.OCTETS, header, len(data)))


@given(st.binary(max_size=40))
def test_rubbish_is_read_or_refused_but_never_read_beyond_its_end(data: bytes) -> None:
    with contextlib.suppress(ber.MalformedBer):
        assert all(end <= len(data) for _, _, end in ber.children(data, 0, len(data)))


@pytest.mark.parametrize(
    "data",
    [
        b"\x1f\x01\x00",
        b"\x30\x80\x00\x00",
        b"\x04\x85\x00\x00\x00\x00\x01a",
        b"\x04\x05a",
    ],
)
def test_what_ldap_forbids_is_refused(data: bytes) -> None:
    with pytest.raises(ber.MalformedBer):
        list(ber.children(data, 0, len(data)))


def test_another_tag_than_expected_is_refused() -> None:
    with pytest.raises(ber.MalformedBer, match="expected tag 0x4, found 0x2"):
        ber.read_octets(ber.integer(1), ber.peek(ber.integer(1)))
    with pytest.raises(ber.MalformedBer, match="nothing"):
        ber.expect(None, ber.SEQUENCE)


def test_an_integer_of_no_or_too_many_octets_is_refused() -> None:
    for size in (0, 9):
        with pytest.raises(ber.MalformedBer):
            ber.read_integer(b"\x00" * size, 0, size)


def test_true_is_all_ones() -> None:
    assert ber.boolean(True) == b"\x01\x01\xff"
    assert ber.boolean(False) == b"\x01\x01\x00"
    assert ber.enumerated(32) == b"\x0a\x01\x20"
