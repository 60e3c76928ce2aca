"""Many rows written at once are what they would be one by one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import cast

import pytest
from sqlalchemy import Table, func, select
from sqlalchemy.exc import IntegrityError

from app.core.bulk import AT_ONCE, insert_rows
from app.models.directory import Entitlement, GraphMark, Lens
from tests.directory.builders import a_directory

RIGHTS = cast(Table, Entitlement.__table__)
COLUMNS = (
    *("directory_id", "key", "dn", "cn", "attribute", "object_classes"),
    *("needs_member", "first_seen"),
)
BERLIN = timezone(timedelta(hours=1))
SEEN = datetime(2026, 11, 30, 3, 30, tzinfo=BERLIN)


def rows(directory_id: int, count: int):
    for number in range(count):
        name = f"g{number}"
        rest = name, "member", ["groupOfNames", "ü"], number % 2 == 0, SEEN
        yield (directory_id, f"key-{number}", f"cn={name}", *rest)


def write(database, count: int) -> None:
    with database.write() as session:
        directory = a_directory(session)
        insert_rows(session, RIGHTS, COLUMNS, rows(directory.id, count))


@pytest.mark.parametrize("count", [0, 1, 2, AT_ONCE, AT_ONCE + 1, 2 * AT_ONCE + 7])
def test_every_row_is_written_once(database, count):
    write(database, count)
    with database.read() as session:
        keys = session.scalars(select(Entitlement.key)).all()
    assert sorted(keys) == sorted(f"key-{number}" for number in range(count))


def test_a_row_is_what_it_would_be_alone(database):
    write(database, 3)
    with database.read() as session:
        first, _, last = session.scalars(select(Entitlement).order_by(Entitlement.id))
    assert last.first_seen == SEEN.astimezone(UTC)
    assert (last.needs_member, last.object_classes) == (True, ["groupOfNames", "ü"])
    assert (last.lens, last.owner_by, last.lens_at) == (Lens.UNKNOWN, "", None)
    own = "id", "key", "dn", "cn", "needs_member"
    names = [column.name for column in RIGHTS.c if column.name not in own]
    assert [getattr(last, name) for name in names] == [
        getattr(first, name) for name in names
    ]


def test_who_listens_to_what_is_written_hears_of_it(database):
    def stamp() -> str:
        with database.read() as session:
            return session.scalar(select(GraphMark.stamp)) or ""

    before = stamp()
    write(database, 5)
    assert stamp() != before


def test_one_row_that_cannot_be_leaves_none(database):
    with pytest.raises(IntegrityError), database.write() as session:
        directory = a_directory(session)
        good = list(rows(directory.id, 5))
        insert_rows(session, RIGHTS, COLUMNS, [*good, good[2]])
    with database.read() as session:
        assert session.scalar(select(func.count(Entitlement.id))) == 0
