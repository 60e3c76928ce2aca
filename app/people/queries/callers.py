"""Who calls: everybody a name, a number, a login or a mail address may mean, each with the reason;
never a guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from app.models.people import Person, PhoneNumber
from app.people.rules.numbers import TAIL, Number, folded, is_same, number_of

MOST = 10
MOST_ALIKE = 500
"""So many numbers with the same end are compared; more share it only where somebody typed
nonsense.
"""
EXACT = 1
"""Reasons of this strength are as good as the telephone number or the login itself."""

NEAR, LIKELY, PERHAPS = 2, 3, 4


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be meant, and why; ``strength`` 1 is the surest.

    Several of one strength are all offered.
    """

    person_id: int
    name: str
    uid: str
    mail: str
    department: str
    site: str
    phone: str
    disabled: bool
    reason: str
    strength: int

    @property
    def sure(self) -> bool:
        """Tell whether the whole number or login fits."""
        return self.strength == EXACT


def find_callers(
    session: Session, text: str, limit: int = MOST, *, country: str = ""
) -> list[Candidate]:
    """Return whom ``text`` may mean, the surest first, each once and with the reason."""
    wanted = text.strip()
    if not wanted:
        return []
    number = number_of(wanted, country)
    found = list(_by_number(session, number, limit)) if number else []
    if len(found) < limit:
        found += _by_words(session, wanted, limit)
    if not found and not number:
        found = _by_folded(session, wanted, limit)
    found.sort(
        key=lambda each: (
            each.strength,
            each.disabled,
            each.name.casefold(),
            each.person_id,
        )
    )
    once = {each.person_id: each for each in reversed(found)}
    return sorted(once.values(), key=found.index)[:limit]


def caller(session: Session, person_id: int, reason: str = "") -> Candidate | None:
    """Return one person as a caller, chosen by the agent for ``reason``."""
    person = session.get(Person, person_id)
    return _candidate(person, reason, EXACT) if person else None


def numbers_of(session: Session, person_id: int) -> list[PhoneNumber]:
    """Return the numbers a person is known by."""
    chosen = select(PhoneNumber).where(PhoneNumber.person_id == person_id)
    return list(session.scalars(chosen.order_by(PhoneNumber.source, PhoneNumber.id)))


def _by_number(session: Session, number: Number, limit: int) -> Iterator[Candidate]:
    asked = (
        _there()
        .add_columns(PhoneNumber.digits)
        .join(PhoneNumber, PhoneNumber.person_id == Person.id)
    )
    tails = {form[-TAIL:] for form in number.forms}
    for person, digits in session.execute(
        asked.where(PhoneNumber.tail.in_(tails)).limit(MOST_ALIKE)
    ):
        if is_same(number, Number(digits)):
            yield _candidate(person, _reason(number, digits), EXACT)
    if number.extension or number.short:
        ends = number.extension or number.digits
        alike = asked.where(
            PhoneNumber.tail.endswith(ends), func.length(PhoneNumber.digits) > len(ends)
        )
        for person, digits in session.execute(alike.order_by(Person.name).limit(limit)):
            yield _candidate(person, f"extension {ends} of {digits}", NEAR)


def _reason(number: Number, digits: str) -> str:
    if number.short:
        return f"extension {digits}"
    return (
        f"number {digits}" if digits == number.digits else f"number ends like {digits}"
    )


def _by_words(session: Session, wanted: str, limit: int) -> list[Candidate]:
    lowered = wanted.lower()
    words = lowered.split()
    names = [Person.name.icontains(word, autoescape=True) for word in words]
    logins = [
        Person.uid.istartswith(lowered, autoescape=True),
        Person.mail.istartswith(lowered, autoescape=True),
    ]
    asked = (
        _there()
        .where(or_(_all(names), *logins))
        .order_by(func.lower(Person.name))
        .limit(5 * limit)
    )
    return [
        _candidate(person, *_why(person, lowered)) for person in session.scalars(asked)
    ]


def _all(conditions: Sequence[Any]) -> Any:
    first, *rest = conditions
    for each in rest:
        first = first & each
    return first


def _why(person: Person, wanted: str) -> tuple[str, int]:
    name, uid, mail = person.name.lower(), person.uid.lower(), person.mail.lower()
    reasons = (
        (wanted == uid, f"login {person.uid}", EXACT),
        (wanted == mail, f"mail {person.mail}", EXACT),
        (wanted == name, "name", EXACT),
        (name.startswith(wanted), "name begins with it", NEAR),
        (
            any(part.startswith(wanted) for part in name.split()),
            "part of the name begins with it",
            LIKELY,
        ),
        (uid.startswith(wanted), f"login begins with it: {person.uid}", LIKELY),
        (mail.startswith(wanted), f"mail begins with it: {person.mail}", LIKELY),
    )
    return next(
        ((reason, strength) for fits, reason, strength in reasons if fits),
        ("name contains it", PERHAPS),
    )


def _by_folded(session: Session, wanted: str, limit: int) -> list[Candidate]:
    """Look once more without accents; the database cannot."""
    words = folded(wanted).split()
    rows = session.execute(
        select(Person.id, Person.name).where(Person.gone_at.is_(None))
    )
    ids = [row.id for row in rows if all(word in folded(row.name) for word in words)][
        :limit
    ]
    asked = _there().where(Person.id.in_(ids)).order_by(Person.name)
    return [
        _candidate(person, "name without accents", LIKELY)
        for person in session.scalars(asked)
    ]


def _there() -> Select[Any]:
    return select(Person).where(Person.gone_at.is_(None), ~Person.service)


def _candidate(person: Person, reason: str, strength: int) -> Candidate:
    return Candidate(
        person.id,
        person.name,
        person.uid,
        person.mail,
        person.department,
        person.site,
        person.phone or person.mobile,
        person.disabled,
        reason,
        strength,
    )
