"""What the log of messages shows of one incident: none, late, not everyone, not proactive.

Facts, and no names.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.figures import people as people_counted
from app.core.said import said as _said
from app.core.spoken_times import length, said_at
from app.messages.rules.policy import InformNumbers

NONE, LATE, NOT_ALL, ASKED = (
    _said("none"),
    _said("late"),
    _said("not everyone"),
    _said("not proactive"),
)
KINDS = (NONE, LATE, NOT_ALL, ASKED)
HEADS = {
    NONE: _said("None"),
    LATE: _said("Late"),
    NOT_ALL: _said("Not everyone"),
    ASKED: _said("Not proactive"),
}
MEANING = {
    NONE: (
        _said(
            "A first message was owed, its time is over, and none was sent. "
            "Of the incidents that owed one."
        )
    ),
    LATE: (
        _said(
            "The first message, or a promised one, came after its time. Of "
            "the incidents that owed one."
        )
    ),
    NOT_ALL: _said(
        "Fewer people were told than the messages were for. Of the "
        "incidents with a message."
    ),
    ASKED: _said(
        "Somebody got in touch again before the first message came. Of all incidents."
    ),
}


@dataclass(frozen=True, slots=True)
class MessageSaid:
    """One message: when it was sent and when it promised the next."""

    at: datetime
    promised: datetime | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What happened around the messages of one incident.

    ``ended`` is when it worked again, was closed or cancelled; ``zone`` is that of its site.
    """

    incident_id: int
    title: str
    unit: str
    priority: int
    mass: bool
    reported_at: datetime
    ended_at: datetime | None
    messages: tuple[MessageSaid, ...] = ()
    contacts: tuple[datetime, ...] = ()
    meant_for: int = 0
    told: int = 0
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class JudgedMessage:
    """One incident with its facts, each a sentence under its kind; promises kept of those that came
    due.
    """

    history: History
    owed: bool
    facts: tuple[tuple[str, str], ...]
    promises: int
    kept: int

    def has(self, kind: str) -> bool:
        """Tell whether this kind of fact was found."""
        return any(found == kind for found, _ in self.facts)


def judged(history: History, numbers: InformNumbers, now: datetime) -> JudgedMessage:
    """Return what the log shows of one incident by the policy."""
    first = numbers.first_minutes(history.priority, mass=history.mass)
    due = history.reported_at + timedelta(minutes=first)
    is_owed = bool(first) and (
        history.ended_at is None or history.ended_at > due or bool(history.messages)
    )
    facts = [*(_first(history, due, now) if is_owed else ())]
    promises = _promises(history, now)
    late = [(at, came) for at, came in promises if came is None or came > at]
    facts += [(LATE, _late(at, came, now, history.zone)) for at, came in late]
    if history.told < history.meant_for:
        facts.append(
            (
                NOT_ALL,
                _said(
                    "%(told)s of %(people)s were told.",
                    told=history.told,
                    people=people_counted(history.meant_for),
                ),
            )
        )
    asked = _asked(history)
    if asked:
        times = "once" if asked == 1 else _said("%(asked)s times", asked=asked)
        facts.append(
            (
                ASKED,
                _said(
                    "Somebody got in touch again %(times)s before the first message.",
                    times=times,
                ),
            )
        )
    return JudgedMessage(
        history, is_owed, tuple(facts), len(promises), len(promises) - len(late)
    )


def _first(history: History, due: datetime, now: datetime) -> list[tuple[str, str]]:
    if not history.messages:
        return [(NONE, _said("No message was sent."))] if now > due else []
    came = history.messages[0].at
    return (
        [
            (
                LATE,
                _said(
                    "The first message came %(value)s after its time.",
                    value=length(came - due),
                ),
            )
        ]
        if came > due
        else []
    )


def _promises(
    history: History, now: datetime
) -> list[tuple[datetime, datetime | None]]:
    """Return the promises that came due, each with the message or the end that kept it."""
    found: list[tuple[datetime, datetime | None]] = []
    sent = [*history.messages]
    for place, said in enumerate(sent):
        following = sent[place + 1].at if place + 1 < len(sent) else history.ended_at
        if said.promised is not None and (
            following is not None or said.promised <= now
        ):
            found.append((said.promised, following))
    return found


def _asked(history: History) -> int:
    until = history.messages[0].at if history.messages else None
    return sum(until is None or at < until for at in history.contacts)


def _late(at: datetime, came: datetime | None, now: datetime, zone: str) -> str:
    if came is None:
        return _said(
            "The message promised for %(at)s has not come; it is %(value)s late.",
            at=said_at(at, zone),
            value=length(now - at),
        )
    return _said(
        "The message promised for %(at)s came %(value)s late.",
        at=said_at(at, zone),
        value=length(came - at),
    )


def share(found: Sequence[JudgedMessage], kind: str) -> tuple[int, int]:
    """Return how many incidents show a kind of fact, of how many that could."""
    if kind in (NONE, LATE):
        able = [one for one in found if one.owed or one.promises]
    elif kind == NOT_ALL:
        able = [one for one in found if one.history.meant_for]
    else:
        able = list(found)
    return sum(one.has(kind) for one in able), len(able)
