"""One writer per directory, and the stop of all writing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core.db import Database
from app.core.errors import Refused
from app.directory.actions import (
    LeaseLost,
    freeze,
    give_back,
    keep_lease,
    take_lease,
    unfreeze,
)
from app.directory.queries import current_freeze, is_frozen
from tests.access.builders import an_operator
from tests.acting import acting
from tests.directory.builders import NOW, a_directory


def later(seconds: float):
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def directory_id(database: Database) -> int:
    with database.write() as session:
        return a_directory(session).id


def test_of_two_holders_one_gets_the_lease(database: Database, directory_id):
    with database.write() as session:
        assert take_lease(session, directory_id, "one", 60, NOW) == 1
    with database.write() as session:
        assert take_lease(session, directory_id, "two", 60, later(59)) is None
        assert take_lease(session, directory_id, "one", 60, later(59)) is None


def test_a_lease_that_ran_out_goes_to_the_next_with_a_greater_token(
    database: Database, directory_id
):
    with database.write() as session:
        first = take_lease(session, directory_id, "one", 60, NOW)
    with database.write() as session:
        assert take_lease(session, directory_id, "two", 60, later(60)) == first + 1


def test_a_kept_lease_does_not_run_out(database: Database, directory_id):
    with database.write() as session:
        token = take_lease(session, directory_id, "one", 60, NOW)
        keep_lease(session, directory_id, token, 60, later(50))
        assert take_lease(session, directory_id, "two", 60, later(100)) is None


def test_the_old_holder_finds_itself_fenced_off(database: Database, directory_id):
    with database.write() as session:
        old = take_lease(session, directory_id, "one", 60, NOW)
        new = take_lease(session, directory_id, "two", 60, later(61))
    with database.write() as session, pytest.raises(LeaseLost):
        keep_lease(session, directory_id, old, 60, later(62))
    with database.write() as session:
        give_back(session, directory_id, old, later(62))
        keep_lease(session, directory_id, new, 60, later(63))
        assert take_lease(session, directory_id, "three", 60, later(64)) is None


def test_a_lease_given_back_is_free_at_once(database: Database, directory_id):
    with database.write() as session:
        token = take_lease(session, directory_id, "one", 60, NOW)
        give_back(session, directory_id, token, later(1))
        assert take_lease(session, directory_id, "two", 60, later(1)) == token + 1


def test_leases_of_two_directories_do_not_touch_each_other(
    database: Database, directory_id
):
    with database.write() as session:
        other = a_directory(session, "Other").id
        assert take_lease(session, directory_id, "one", 60, NOW)
        assert take_lease(session, other, "two", 60, NOW)


def test_a_freeze_is_in_force_until_it_is_lifted(database: Database):
    with database.write() as session:
        assert not is_frozen(session)
        freeze(acting(session, "kim", NOW), reason=" audit week ")
    with database.read() as session:
        stop = current_freeze(session)
        assert (stop.at, stop.by, stop.reason) == (NOW, "kim", "audit week")
    with database.write() as session:
        with pytest.raises(Refused, match="kim froze all writing; say why"):
            unfreeze(acting(session, "lee", later(9)))
        lifted = unfreeze(acting(session, "lee", later(9)), reason="Kim is away")
        assert lifted.lifted_by == "lee"
        assert not is_frozen(session)


def test_several_freeze_and_each_lifts_his_own(database: Database):
    with database.write() as session:
        freeze(acting(session, "kim", NOW), reason="audit")
        freeze(acting(session, "lee", later(1)), reason="doubt")
        stop = current_freeze(session)
        assert [one.by for one in stop.all] == ["kim", "lee"]
        assert "by kim, lee." in stop.told("UTC")
        with pytest.raises(Refused, match="Say whose freeze you lift: kim, lee"):
            unfreeze(acting(session, "max", later(2)), reason="over")
        with pytest.raises(Refused, match="max did not freeze it; kim, lee did"):
            unfreeze(acting(session, "kim", later(2)), of="max")
        assert unfreeze(acting(session, "lee", later(2))).by == "lee"
        assert current_freeze(session).names == "kim"
        unfreeze(acting(session, "max", later(3)), of="kim", reason="audit is over")
        assert not is_frozen(session)


def test_who_looks_after_operators_needs_no_reason(database: Database):
    an_operator(database, "root", permissions=["operators"])
    with database.write() as session:
        freeze(acting(session, "kim", NOW), reason="")
        assert unfreeze(acting(session, "root", NOW)).by == "kim"
        assert not is_frozen(session)


def test_a_second_freeze_and_a_second_unfreeze_are_refused(database: Database):
    with database.write() as session:
        freeze(acting(session, "kim", NOW), reason="")
        with pytest.raises(Refused, match="already frozen, by kim"):
            freeze(acting(session, "kim", NOW), reason="")
        unfreeze(acting(session, "kim", NOW))
        with pytest.raises(Refused, match="not frozen"):
            unfreeze(acting(session, "kim", NOW))
