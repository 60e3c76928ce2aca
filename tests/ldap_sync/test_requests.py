"""What is sent by the thousand goes over the wire exactly as ldap3 would send it."""

from __future__ import annotations

import ldap3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ldap3.operation.modify import modify_operation
from ldap3.operation.search import compile_filter, parse_filter, search_operation
from ldap3.protocol.rfc2696 import paged_search_control
from ldap3.protocol.rfc4511 import LDAPMessage, MessageID, ProtocolOp
from ldap3.utils.asn1 import encode

from ldap_sync.adapter import filters, requests

VALUES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
NAMES = st.sampled_from(["member", "memberUid", "entryUUID", "objectClass"])
CONDITIONS = st.recursive(
    st.one_of(
        st.builds(filters.equals, NAMES, VALUES),
        NAMES.map(lambda name: f"({name}=*)"),
        NAMES.map(lambda name: f"({name}=rung-*)"),
        NAMES.map(lambda name: f"({name}>=20261129232410.720978Z#0)"),
    ),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=5).map(
            lambda parts: filters.all_of(*parts)
        ),
        st.lists(inner, min_size=1, max_size=5).map(filters.any_of),
        inner.map(filters.absent),
    ),
    max_leaves=12,
)


def by_ldap3(kind: str, operation: object) -> bytes:
    """Return a message with the number 7, as ldap3 encodes it."""
    message = LDAPMessage()
    message["messageID"] = MessageID(7)
    message["protocolOp"] = ProtocolOp().setComponentByName(kind, operation)
    encoded: bytes = encode(message)
    return encoded


@given(condition=CONDITIONS)
def test_a_filter_is_what_ldap3_makes_of_it(condition: str) -> None:
    tree = parse_filter(condition, None, False, False, None, False)
    assert requests.condition(condition) == encode(compile_filter(tree.elements[0]))


@given(base=VALUES, condition=CONDITIONS, wanted=st.lists(NAMES, min_size=1))
def test_a_search_is_what_ldap3_makes_of_it(
    base: str, condition: str, wanted: list[str]
) -> None:
    theirs = search_operation(
        base, condition, 2, ldap3.DEREF_NEVER, wanted, 0, 0, False, False, False
    )
    ours = requests.search(base, 2, condition, wanted)
    assert requests.message(7, ours, ()) == by_ldap3("searchRequest", theirs)


@given(delete=st.lists(VALUES), add=st.lists(VALUES, min_size=1))
def test_a_modify_is_what_ldap3_makes_of_it(delete: list[str], add: list[str]) -> None:
    kinds = [(ldap3.MODIFY_DELETE, delete), (ldap3.MODIFY_ADD, add)]
    changes = {"member": [(kind, values) for kind, values in kinds if values]}
    theirs = modify_operation("cn=a,dc=x", changes, False)
    ours = requests.modify("cn=a,dc=x", "member", delete, add)
    assert requests.message(7, ours, ()) == by_ldap3("modifyRequest", theirs)


@given(cookie=st.binary(max_size=200), size=st.integers(1, 100_000))
def test_the_control_for_pages_is_what_ldap3_makes_of_it(
    cookie: bytes, size: int
) -> None:
    theirs = paged_search_control(False, size, cookie)
    oid, critical, value = requests.next_page(size, cookie)
    assert (oid, critical) == (str(theirs["controlType"]), bool(theirs["criticality"]))
    assert value == bytes(theirs["controlValue"])


@pytest.mark.parametrize(
    "text",
    ["", "(", "()", "(a", "(a=b", "a=b", "(a=b)x", "(&(a=b)", "(!(a=b)", "(a<=1)"],
)
def test_what_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no filter"):
        requests.condition(text)


def test_a_modify_without_a_value_would_clear_the_attribute_and_is_never_made() -> None:
    with pytest.raises(ValueError, match="would clear"):
        requests.modify("cn=a,dc=x", "member", [], [])
