"""Plan a roll-out, seat the desk, say what is expected, go on, close it when customers have it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.core.acting import Acting
from app.core.changes import Change, one, one_locked
from app.core.errors import Invalid, Refused
from app.core.said import said
from app.improvements.queries import get_improvement
from app.models.knowledge import Article
from app.models.sponsors.rollout import ExpectedCalls, Rollout, RolloutItem
from app.models.sponsors.words import RolloutItemKind, RolloutState
from app.sponsors.rollouts.queries import rollout_page
from app.sponsors.rollouts.rules import may_move, why_not_closed

LONGEST_WATCH = 26
MOST_USERS = 1_000_000
MOST_RATE, MOST_MINUTES, MOST_HOURS = 20, 480, 10_000
WHAT_IS_WRONG = {
    "weeks": said("Type a number from 1 to 26."),
    "users": said("Type a number from 1 to 1,000,000."),
    "rate": said("Type a number from 0 to 20."),
    "decay": said("Type a number from 0 to 100."),
    "minutes": said("Type a number from 1 to 480."),
    "hours_there": said("Type a number from 0 to 10,000."),
    "seed": said("Type a number from 0 to 1,000,000."),
}
BOUNDS = {
    "weeks": (1, LONGEST_WATCH),
    "users": (1, MOST_USERS),
    "rate": (0, MOST_RATE),
    "decay": (0, 100),
    "minutes": (1, MOST_MINUTES),
    "hours_there": (0, MOST_HOURS),
    "seed": (0, MOST_USERS),
}


def plan_rollout(
    act: Acting, improvement_id: int, values: Mapping[str, Any]
) -> Rollout:
    """Plan a roll-out of an improvement. Raises ``Invalid`` naming the field."""
    get_improvement(
        act.session,
        improvement_id,
    )
    made = Rollout(
        improvement_id=improvement_id,
        state=RolloutState.PLANNED,
        created_at=act.now,
        created_by=act.by,
        **_whole(
            act,
            values,
        ),
    )
    change = Change(Rollout)
    change.add(
        act.session,
        made,
    )
    change.record(act, made, "rollout.plan", f"Planned the roll-out {made.title}")
    return made


def change_rollout(act: Acting, rollout_id: int, values: Mapping[str, Any]) -> Rollout:
    """Change what is planned. Raises ``Invalid`` naming the field, ``Refused`` once it began."""
    row = _planned(
        act,
        rollout_id,
    )
    return _put(
        act,
        row,
        _whole(
            act,
            values,
        ),
        "rollout.change",
        "Changed",
    )


def seat_desk(act: Acting, rollout_id: int, values: Mapping[str, Any]) -> Rollout:
    """Say who of the desk sits at the table, and how they were prepared."""
    row = _open(
        act,
        rollout_id,
    )
    return _put(act, row, _within(values), "rollout.desk", "Prepared the desk for")


def plan_hours(act: Acting, rollout_id: int, values: Mapping[str, Any]) -> Rollout:
    """Say how many hours there are a week, and what is decided where they are short."""
    row = _open(
        act,
        rollout_id,
    )
    return _put(act, row, _within(values), "rollout.hours", "Planned the hours of")


def expect_calls(act: Acting, rollout_id: int, values: Mapping[str, Any]) -> Rollout:
    """Add one type of call that is expected. Raises ``Invalid`` naming the field."""
    row = _planned(
        act,
        rollout_id,
    )
    _demand(
        values,
        "kind",
        "users",
        "rate",
        "decay",
        "minutes",
    )
    made = ExpectedCalls(
        rollout_id=rollout_id,
        **_within(values),
    )
    return _added(act, row, made, "rollout.expect", "Expected calls of")


def drop_calls(act: Acting, calls_id: int) -> Rollout:
    """Take a type of call off the list again."""
    calls = one(
        act.session,
        ExpectedCalls,
        calls_id,
    )
    row = _planned(
        act,
        calls.rollout_id,
    )
    act.session.delete(calls)
    Change(Rollout).record(act, row, "rollout.expect", f"Dropped calls of {row.title}")
    return row


def ask_for(act: Acting, rollout_id: int, values: Mapping[str, Any]) -> Rollout:
    """Add what has to be there: a deed, a volunteer, a report, an article."""
    row = _open(
        act,
        rollout_id,
    )
    _demand(
        values,
        "who",
        "text",
    )
    made = RolloutItem(
        rollout_id=rollout_id,
        **_within(values),
    )
    return _added(
        act,
        row,
        made,
        "rollout.ask",
        "Asked for something for",
    )


def finish_item(act: Acting, item_id: int, article_id: int | None = None) -> Rollout:
    """Say that something is there, or that it is not after all; an article names itself."""
    item = one_locked(
        act.session,
        RolloutItem,
        item_id,
    )
    row = _open(
        act,
        item.rollout_id,
    )
    if item.kind is RolloutItemKind.ARTICLE and not item.done_on:
        if article_id is None:
            raise Invalid(said("Choose the article it became."), field="article_id")
        one(
            act.session,
            Article,
            article_id,
        )
    change = Change(Rollout)
    day = None if item.done_on else act.now.date()
    change.put(
        item,
        {"done_on": day, "article_id": article_id if day else None},
    )
    change.record(act, row, "rollout.item", f"Ticked something of {row.title}")
    return row


def drop_item(act: Acting, item_id: int) -> Rollout:
    """Take something off the list again."""
    item = one(
        act.session,
        RolloutItem,
        item_id,
    )
    row = _open(
        act,
        item.rollout_id,
    )
    act.session.delete(item)
    Change(Rollout).record(act, row, "rollout.item", f"Dropped of {row.title}")
    return row


def move_rollout(act: Acting, rollout_id: int, to: RolloutState) -> Rollout:
    """Go one step on or back; ready only with all that has to be there.

    What was foreseen is kept from then on. Raises ``Refused`` naming everything that is missing.
    """
    row = one_locked(
        act.session,
        Rollout,
        rollout_id,
    )
    if to is RolloutState.CLOSED or not may_move(
        row.state,
        to,
    ):
        raise Refused(said("It cannot go there from where it stands."))
    values: dict[str, Any] = {"state": to}
    if to is RolloutState.PLANNED:
        values["bands"] = []
    if to is RolloutState.READY and row.state is RolloutState.PLANNED:
        page = rollout_page(
            act.session,
            rollout_id,
            act.now,
        )
        if page.missing:
            raise Refused(
                " ".join(
                    map(
                        str,
                        page.missing,
                    )
                )
            )
        values["bands"] = [[band.half, band.nine] for band in page.bands]
    return _put(act, row, values, "rollout.move", f"Now {to}:")


def close_rollout(
    act: Acting, rollout_id: int, has_it: int | None, reason: str = ""
) -> Rollout:
    """Close a roll-out whose customers have it, or with the reason why they do not.

    Raises ``Invalid`` naming the field, ``Refused`` before it is closing.
    """
    row = one_locked(
        act.session,
        Rollout,
        rollout_id,
    )
    if row.state is not RolloutState.CLOSING:
        raise Refused(said("It cannot go there from where it stands."))
    if has_it is not None and not 0 <= has_it <= row.users:
        raise Invalid(
            said(
                "It was for %(all)s.",
                all=row.users,
            ),
            field="has_it",
        )
    if why := why_not_closed(
        has_it,
        row.users,
        reason,
    ):
        raise Invalid(
            why,
            field="has_it" if has_it is None else "reason",
        )
    came = rollout_page(
        act.session,
        rollout_id,
        act.now,
    ).came
    values = {"has_it": has_it, "reason": reason.strip(), "actuals": came}
    state = {"state": RolloutState.CLOSED}
    return _put(
        act,
        row,
        {**values, **state},
        "rollout.close",
        "Closed",
    )


def _put(
    act: Acting, row: Rollout, values: Mapping[str, Any], action: str, did: str
) -> Rollout:
    change = Change(Rollout)
    if change.put(
        row,
        values,
    ):
        change.record(act, row, action, f"{did} the roll-out {row.title}")
    return row


def _added(
    act: Acting, row: Rollout, made: ExpectedCalls | RolloutItem, action: str, did: str
) -> Rollout:
    change = Change(Rollout)
    change.add(
        act.session,
        made,
    )
    change.record(act, row, action, f"{did} the roll-out {row.title}")
    return row


def _open(act: Acting, rollout_id: int) -> Rollout:
    row = one_locked(
        act.session,
        Rollout,
        rollout_id,
    )
    if row.state is RolloutState.CLOSED:
        raise Refused(said("It is closed."))
    return row


def _planned(act: Acting, rollout_id: int) -> Rollout:
    row = one_locked(
        act.session,
        Rollout,
        rollout_id,
    )
    if row.state is not RolloutState.PLANNED:
        raise Refused(said("What was foreseen stands; go back to planned first."))
    return row


def _whole(act: Acting, values: Mapping[str, Any]) -> dict[str, Any]:
    _demand(
        values,
        "title",
        "starts_on",
        "weeks",
        "users",
    )
    if values.get("analogue_id"):
        one(
            act.session,
            Rollout,
            values["analogue_id"],
        )
    seed = values.get("seed")
    return {**_within(values), "seed": 1 if seed is None else seed}


def _demand(values: Mapping[str, Any], *names: str) -> None:
    for name in names:
        value = values.get(name)
        if value is None or not str(value).strip():
            why = WHAT_IS_WRONG.get(name, said("Fill this in."))
            raise Invalid(
                why,
                field=name,
            )


def _within(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values, those that are numbers within their bounds."""
    for name, (least, most) in BOUNDS.items():
        value = values.get(name)
        if value is not None and not least <= value <= most:
            raise Invalid(
                WHAT_IS_WRONG[name],
                field=name,
            )
    return {
        name: value.strip() if type(value) is str else value
        for name, value in values.items()
    }
