"""Which of several servers may follow the one that was asked before."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ldap_sync.adapter import servers
from ldap_sync.values import Connection, Position

ONE, TWO = "ldaps://one", "ldaps://two"
SEEN = (("001", "20260101000000.000001Z#000000#001#000000"),)
EARLIER = (("001", "20260101000000.000000Z#000000#001#000000"),)
ASKED = Connection(url=TWO, base="dc=x", also=(ONE,))


def objection(last: Position, seen: servers.Seen, *, writing: bool = True) -> str:
    return servers.objection(replace(ASKED, last=last), seen, writing=writing)


def test_one_that_has_all_of_it_may_be_written_to():
    assert objection(Position(ONE, SEEN), SEEN) == ""
    assert objection(Position(ONE, EARLIER), SEEN) == ""


@pytest.mark.parametrize("writing", [True, False])
def test_one_that_lacks_something_is_neither_read_nor_written_to(writing: bool):
    last = Position(ONE, SEEN)
    assert "lags behind ldaps://one" in objection(last, EARLIER, writing=writing)
    other = (("002", SEEN[0][1]),)
    assert "lags behind ldaps://one" in objection(last, other, writing=writing)


@pytest.mark.parametrize("writing", [True, False])
def test_one_that_was_lost_while_written_to_is_awaited(writing: bool):
    last = Position(ONE, SEEN, unfinished=True)
    assert "only it can tell" in objection(last, SEEN, writing=writing)


def test_one_that_cannot_be_compared_is_read_before_it_is_written_to():
    last = Position(ONE)
    assert "read it before" in objection(last, ())
    assert objection(last, (), writing=False) == ""


def test_the_same_server_and_one_that_follows_one_taken_off_the_list_are_asked():
    assert objection(Position(TWO, SEEN, unfinished=True), ()) == ""
    assert objection(Position("ldaps://gone", SEEN, unfinished=True), ()) == ""


def test_how_far_replicas_of_389_are_stands_in_their_vector():
    value = "{replica 7 ldap://one.x:389} 5f1d0000000000070000 5f1dffff000000070000"
    found = servers._REPLICA.search(value)
    assert found is not None
    assert found.groups() == ("7", "5f1dffff000000070000")
    assert servers._REPLICA.search("{replicageneration} 5f1c0000000000070000") is None
    assert servers._REPLICA.search("{replica 8 ldap://two.x:389}") is None
