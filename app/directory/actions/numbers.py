"""Phone numbers out of a reading: one row per person and number, by which callers are found."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, insert, select
from sqlalchemy.orm import Session

from app.directory.actions.past import in_batches
from app.models.people import NumberSource, Person, PhoneNumber
from app.people.rules.numbers import Number, number_of
from ldap_sync.values import DirectoryPerson as ReadPerson

AT_ONCE = 500


def take_numbers(
    session: Session,
    directory_id: int,
    people: Iterable[ReadPerson],
    ids: Mapping[str, int],
    now: datetime,
    only: Collection[int] | None = None,
) -> None:
    """Make the numbers known of the directory's people those that were read; numbers typed in by
    hand stay.

    A changed number is no change that a reading tells of: it opens nothing and closes nothing.
    ``only``: whose numbers were looked at, where that is not everybody.
    """
    wanted = {
        (ids[person.key], number.digits): (label, number)
        for person in people
        for label, number in _numbers(person)
    }
    known = {
        (row.person_id, row.digits): row
        for statement in _of(directory_id, only)
        for row in session.execute(statement)
    }
    stale = [
        row.id
        for key, row in known.items()
        if key not in wanted and row.source is NumberSource.DIRECTORY
    ]
    for start in range(0, len(stale), AT_ONCE):
        session.execute(
            delete(PhoneNumber).where(
                PhoneNumber.id.in_(stale[start : start + AT_ONCE])
            )
        )
    new = [
        _row(person_id, *wanted[person_id, digits], now)
        for person_id, digits in wanted.keys() - known.keys()
    ]
    if new:
        session.execute(insert(PhoneNumber), new)


def _of(
    directory_id: int, only: Collection[int] | None
) -> Iterator[Select[*tuple[Any, ...]]]:
    columns = (
        PhoneNumber.id,
        PhoneNumber.person_id,
        PhoneNumber.digits,
        PhoneNumber.source,
    )
    if only is None:
        everybody = select(*columns).join(Person, Person.id == PhoneNumber.person_id)
        yield everybody.where(Person.directory_id == directory_id)
        return
    for some in in_batches(sorted(only), AT_ONCE):
        yield select(*columns).where(PhoneNumber.person_id.in_(some))


def _numbers(person: ReadPerson) -> Iterator[tuple[str, Number]]:
    """Yield what a person is called by; an extension written behind a number counts for itself."""
    for label, text in (("mobile", person.mobile), ("phone", person.phone)):
        number = number_of(text)
        if number and number.extension:
            yield "extension", Number(number.extension)
        if number:
            yield label, Number(number.digits)


def _row(person_id: int, label: str, number: Number, now: datetime) -> dict[str, Any]:
    return {
        "person_id": person_id,
        "digits": number.digits,
        "tail": number.tail,
        "label": label,
        "source": NumberSource.DIRECTORY,
        "added_at": now,
        "added_by": "",
    }
