"""Every change that readings found as rows of one query: sentences that were kept, and intervals
told in words.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    case,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from app.models.directory import (
    Entitlement,
    MemberKind,
    Membership,
    PastEnd,
    PastMembership,
    Reading,
    ReadingChange,
    ReadingState,
)
from app.models.people import Person

Intervals = type[Membership] | type[PastMembership]
Row = tuple[object, ...]

GIVEN, TAKEN = "given", "taken"
WORDS = {
    GIVEN: (" was given ", " was put into "),
    TAKEN: (" no longer has ", " was taken out of "),
}
"""What is said of a person and of a group, by kind."""

Inside = aliased(Entitlement)


def told(*, reading_id: int = 0, right_id: int = 0, person_id: int = 0) -> Subquery:
    """Return the changes of a reading, a right or a person: ``kind``, ``text``, ids, ``at`` and
    ``reading_id``.

    Versions before kept a sentence for each right given or taken. Where a reading has such
    sentences of a kind, they are all there were, and no interval is told besides.
    """
    scope = {
        "reading_id": reading_id,
        "entitlement_id": right_id,
        "person_id": person_id,
    }
    asked = {name: value for name, value in scope.items() if value}
    return union_all(_sentences(asked), *_intervals(asked)).subquery()


def _sentences(asked: dict[str, int]) -> Select[*Row]:
    at = func.coalesce(Reading.ended_at, Reading.started_at).label("at")
    columns = (
        ReadingChange.kind,
        ReadingChange.text,
        ReadingChange.person_id,
        ReadingChange.entitlement_id,
    )
    kept = select(*columns, at, ReadingChange.reading_id).join(
        Reading, Reading.id == ReadingChange.reading_id
    )
    return kept.where(*_of_sentences(asked))


def _of_sentences(asked: dict[str, int]) -> list[ColumnElement[bool]]:
    return [getattr(ReadingChange, name) == value for name, value in asked.items()]


def _intervals(asked: dict[str, int]) -> Iterator[Select[*Row]]:
    lasting, ended = Membership, PastMembership
    counts = lasting.kind.in_((MemberKind.PERSON, MemberKind.GROUP))
    yield _told(asked, GIVEN, lasting, lasting.since).where(
        counts, lasting.absent_at < lasting.since
    )
    yield _told(asked, GIVEN, ended, ended.since).where(ended.absent_at < ended.since)
    yield _told(asked, TAKEN, ended, ended.until).where(ended.ended == PastEnd.TAKEN)


def _told(
    asked: dict[str, int],
    kind: str,
    model: Intervals,
    at: InstrumentedAttribute[datetime],
) -> Select[*Row]:
    """Tell of the intervals that began or ended when a reading was taken over."""
    listed = select(ReadingChange.reading_id).where(
        ReadingChange.kind == kind,
        ReadingChange.entitlement_id.is_not(None),
        *_of_sentences(asked),
    )
    found = (
        select(
            literal(kind).label("kind"),
            _sentence(kind, model).label("text"),
            model.person_id,
            model.entitlement_id,
            Reading.ended_at,
            Reading.id,
        )
        .distinct()  # a directory may spell one member in two ways
        .join(Entitlement, Entitlement.id == model.entitlement_id)
        .join(
            Reading,
            (Reading.directory_id == Entitlement.directory_id)
            & (Reading.ended_at == at),
        )
        .outerjoin(Person, Person.id == model.person_id)
        .outerjoin(Inside, Inside.id == model.child_id)
    )
    columns = {
        "reading_id": Reading.id,
        "entitlement_id": model.entitlement_id,
        "person_id": model.person_id,
    }
    wanted = (columns[name] == value for name, value in asked.items())
    return found.where(
        *wanted, Reading.state == ReadingState.COMPLETE, Reading.id.not_in(listed)
    )


def _sentence(kind: str, model: Intervals) -> ColumnElement[str]:
    of_person, of_group = WORDS[kind]
    name = case(
        (Person.name == Person.uid, Person.uid),
        else_=Person.name + " (" + Person.uid + ")",
    )
    right = Entitlement.cn + "."
    told_of_group = literal("Group ") + Inside.cn + of_group + right
    return case(
        (model.person_id.is_not(None), name + of_person + right), else_=told_of_group
    )
