"""Who held what and when, for an evidence pack: grants, removals, the line that comes to zero."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.rules import ROLE_ON, is_ours
from app.insight.evidence.queries import AT_ONCE, EvidenceSpan, Names, Row
from app.insight.evidence.rules import (
    BalanceLine,
    HeldFor,
    JournalMove,
    LaterLook,
    balance,
    look_after,
)
from app.models.access.role import Role
from app.models.access.wave import Step, Wave
from app.models.access.words import StepState
from app.models.directory import (
    Directory,
    MemberKind,
    Membership,
    PastEnd,
    PastMembership,
    Reading,
    ReadingState,
)


def held_by_directory(session: Session, names: Names) -> dict[int, list[HeldFor]]:
    """Return every membership of a person that is on record, by directory."""
    found: dict[int, list[HeldFor]] = defaultdict(list)
    now = select(
        Membership.entitlement_id,
        Membership.person_id,
        func.min(Membership.since),
        func.min(Membership.absent_at),
    ).where(Membership.kind == MemberKind.PERSON)
    by_pair = now.group_by(
        Membership.entitlement_id,
        Membership.person_id,
    )
    for right, person, since, absent in session.execute(by_pair):
        span = HeldFor(
            (right, person or 0),
            since,
            None,
            absent == since,
            False,
        )
        found[names.directory_of[right]].append(span)
    then = select(
        PastMembership.entitlement_id,
        PastMembership.person_id,
        PastMembership.since,
        PastMembership.absent_at,
        PastMembership.until,
        PastMembership.ended,
    ).where(PastMembership.person_id.is_not(None))
    for right, person, since, absent, until, ended in session.execute(then):
        by_rung = ended is PastEnd.SWITCH
        span = HeldFor(
            (right, person or 0),
            since,
            until,
            absent == since,
            by_rung,
        )
        found[names.directory_of[right]].append(span)
    return found


def grants(
    held: Mapping[int, Sequence[HeldFor]],
    names: Names,
    places: Mapping[int, str],
    span: EvidenceSpan,
) -> Iterator[Row]:
    """Yield who held which right from when until when, as far as that falls into the span."""
    for directory_id, place in places.items():
        for one in held.get(directory_id, ()):
            if one.since > span.until or (one.until and one.until <= span.since):
                continue
            yield {
                **_named(names, place, one),
                "since": one.since,
                "until": one.until,
                "begun_by": "Rung" if one.begun_by_rung else "others",
                "ended_by": _ended(one),
            }


def _named(names: Names, place: str, one: HeldFor) -> Row:
    right, person = one.pair
    uid, name = names.people.get(person, ("", ""))
    cn, dn = names.rights[right]
    return {"directory": place, "right": cn, "dn": dn, "person": uid, "name": name}


def _ended(one: HeldFor) -> str:
    if one.until is None:
        return ""
    return "Rung" if one.ended_by_rung else "others"


def removals(
    session: Session,
    held: Mapping[int, Sequence[HeldFor]],
    names: Names,
    places: Mapping[int, str],
    span: EvidenceSpan,
) -> Iterator[Row]:
    """Yield each membership that ended in the span, with the later look that found it gone."""
    for directory_id, place in places.items():
        looks = _looks(session, directory_id)
        all_held = held.get(directory_id, ())
        again: dict[tuple[int, int], list[HeldFor]] = defaultdict(list)
        for one in all_held:
            again[one.pair].append(one)
        for one in all_held:
            if one.until is None or not span.since < one.until <= span.until:
                continue
            look = look_after(
                looks,
                one.until,
                by_rung=one.ended_by_rung,
            )
            back = look and any(other.at(look.ended) for other in again[one.pair])
            yield {
                **_named(names, place, one),
                "removed_at": one.until,
                "removed_by": _ended(one),
                "looked_at": look.ended if look else None,
                "reading": look.reading if look else None,
                "found": "not looked at yet" if look is None else _found(bool(back)),
            }


def _found(back: bool) -> str:
    return "there again" if back else "gone"


def _looks(session: Session, directory_id: int) -> list[LaterLook]:
    done = select(
        Reading.id,
        Reading.started_at,
        Reading.ended_at,
    ).where(
        Reading.directory_id == directory_id,
        Reading.state == ReadingState.COMPLETE,
        Reading.ended_at.is_not(None),
    )
    rows = session.execute(
        done.order_by(
            Reading.ended_at,
            Reading.id,
        )
    )
    return [LaterLook(one, began, ended) for one, began, ended in rows if ended]


def balances(
    session: Session,
    held: Mapping[int, Sequence[HeldFor]],
    places: Mapping[int, str],
    span: EvidenceSpan,
) -> list[tuple[str, datetime | None, BalanceLine]]:
    """Return one line a directory that has to come to zero, and from when on it is on record."""
    found = []
    for directory_id, place in places.items():
        known = session.get_one(
            Directory,
            directory_id,
        ).known_since
        since = max(span.since, known) if known else span.since
        moves = _moves(session, directory_id)
        line = balance(
            held.get(directory_id, ()),
            moves,
            since,
            span.until,
        )
        found.append((place, known, line))
    return found


def _moves(session: Session, directory_id: int) -> list[JournalMove]:
    wanted = (
        select(Step)
        .join(Wave, Wave.id == Step.wave_id)
        .join(Role, Role.id == Wave.role_id)
        .where(
            Role.directory_id == directory_id,
            Step.state == StepState.DONE,
            Step.switch_id.is_not(None),
            Step.ended_at.is_not(None),
        )
    )
    moves: dict[tuple[object, ...], JournalMove] = {}
    for step in session.scalars(wanted.execution_options(yield_per=AT_ONCE)):
        if not is_ours(step.state.value, step.proof) or step.ended_at is None:
            continue
        back = step.reverses_id is not None
        given = (step.phase.value == ROLE_ON) is not back
        # A group may list somebody in two attributes: two steps, one membership.
        same = (
            step.switch_id,
            step.change.get("key"),
            step.change["dn"],
            back,
            step.attempt,
        )
        moves[same] = JournalMove(step.ended_at, given)
    return list(moves.values())
