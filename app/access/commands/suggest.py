"""``suggest`` and ``role model``: which role next, and how few roles would do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click
from sqlalchemy import func, select

from app.access.commands.roles import role
from app.access.suggest.actions import refuse
from app.access.suggest.certificate import smallest_exact
from app.access.suggest.ground import Holdings, SuggestFrom, ahead, standing
from app.access.suggest.model import few_assignments, price
from app.access.suggest.plan import finishing_plan
from app.access.suggest.queries import SuggestedRole, curve, told
from app.access.suggest.relation import weighed
from app.access.suggest.worth import Aim
from app.auth.console import actor
from app.core.errors import Refused
from app.core.parts import parts
from app.core.said import said
from app.core.terminal import command, emit, table
from app.directory.queries.overview import find_directory
from app.directory.rules import names
from app.models.access.kept import AccessException

HOME = click.option(
    "--directory", "home", metavar="NAME", default="", help="Which directory."
)
AIM = click.option(
    "--aim",
    type=click.Choice([aim.value for aim in Aim]),
    default=Aim.BOTH.value,
    show_default=True,
    help="Finish people, save assignments, or both.",
)


@command("suggest")
@HOME
@AIM
@click.option(
    "--next",
    "many",
    type=click.IntRange(1, 200),
    default=1,
    is_flag=False,
    flag_value=1,
    help="So many roles, each as if those before it were there; one unless said.",
)
@click.option(
    "--plan",
    "share",
    type=click.FloatRange(0, 1, min_open=True),
    help="The roles that finish this share of the people, like 0.9.",
)
@click.option(
    "--refuse",
    "reason",
    metavar="REASON",
    help="Do not suggest the next one again.",
)
def suggest(
    home: str, aim: str, many: int, share: float | None, reason: str | None
) -> None:
    """Say which role helps most next, or with --plan which roles finish most people."""
    with parts().database.read() as session:
        state = standing(session, find_directory(session, home).id)
    if share is not None:
        emit(*_plan(state.holdings, share))
        return
    found = [
        (told(state, worth), finished)
        for worth, finished in ahead(state.with_sets(), Aim(aim), many)
    ]
    if reason is not None:
        _refuse(home, found, reason)
    emit(*_suggested(state, found))


@role.command("model")
@HOME
def model(home: str) -> None:
    """Say how far the roles there are reach, and how few roles would do for everybody."""
    with parts().database.read() as session:
        state = standing(session, find_directory(session, home).id)
        open_ones = select(func.count()).select_from(AccessException)
        exceptions = session.scalar(open_ones.where(AccessException.ended_at.is_(None)))
    emit(*_model(state, exceptions or 0))


def _refuse(home: str, found: list[tuple[SuggestedRole, int]], reason: str) -> None:
    if not found:
        raise Refused(said("There is no suggestion to refuse."))
    with parts().acting(actor()) as act:
        directory = find_directory(act.session, home)
        refuse(act, directory.id, found[0][0].ids, reason)


def _suggested(
    state: SuggestFrom, found: list[tuple[SuggestedRole, int]]
) -> tuple[dict[str, Any], str]:
    data = [_data(one) | {"finished_after": after} for one, after in found]
    rows = [
        (
            one.group or "-",
            len(one.rights),
            len(one.people),
            one.worth.taken,
            one.worth.finished,
            after,
        )
        for one, after in found
    ]
    heads = ("Group", "Rights", "People", "Taken away", "Finishes", "Finished")
    text = table(heads, rows) or "No further role is worth it."
    if len(found) == 1:
        text += "\n" + ", ".join(right.name for right in found[0][0].rights)
    return {"people": state.total, "suggestions": data}, text


def _data(one: SuggestedRole) -> dict[str, Any]:
    worth = one.worth
    return {
        "group": one.group,
        "rights": [right.name for right in one.rights],
        "people": [person.uid for person in one.people],
        "inside": one.inside,
        "of": one.size,
        "outside": one.outside,
        "taken": worth.taken,
        "members": worth.members,
        "size": worth.size,
        "value": worth.value,
        "finished": worth.finished,
        "nearly": worth.nearly,
        "first": one.first.uid,
        "gains": [
            {"person": gain.person.uid, "rights": list(gain.rights)}
            for gain in one.gains
        ],
    }


def _plan(holdings: Holdings, share: float) -> tuple[dict[str, Any], str]:
    relation = holdings.relation
    plan = finishing_plan(relation, share)
    steps: list[dict[str, Any]] = [
        {
            "rights": _names(holdings, step.role.rights),
            "people": [one.uid for one in holdings.people_of(step.role.people)],
            "finished": step.finished,
        }
        for step in plan.steps
    ]
    people = sum(relation.heads)
    data = {
        "share": share,
        "people": people,
        "aside": [one.uid for one in holdings.people_of(plan.aside)],
        "roles": len(steps),
        "at_least": plan.at_least,
        "plan": steps,
    }
    rows = [
        (number, len(step["rights"]), len(step["people"]), step["finished"])
        for number, step in enumerate(steps, 1)
    ]
    heads = ("Role", "Rights", "People", "Finished")
    proof = "" if len(steps) > plan.at_least else " Fewer roles cannot do it."
    told = f"{len(steps)} roles finish {rows[-1][3] if rows else 0} of {people} people."
    return data, f"{told}{proof}\n{table(heads, rows)}".rstrip()


def _names(holdings: Holdings, rights: int) -> list[str]:
    found: Iterable[int] = holdings.rights_of(rights)
    return sorted(names(holdings.graph, right) for right in found)


def _model(state: SuggestFrom, exceptions: int) -> tuple[dict[str, Any], str]:
    relation = state.holdings.relation
    exact = smallest_exact(relation)
    few = few_assignments(relation, [*relation.rows])
    points = curve(state, Aim.BOTH)
    now = points[len(state.roles)].finished
    direct = sum(
        heads * weighed(row, relation.widths)
        for heads, row in zip(relation.heads, relation.rows, strict=True)
    )
    data = {
        "roles": len(state.roles),
        "direct_assignments": direct,
        "people": state.total,
        "finished": now,
        "coverage": round(now / state.total, 4) if state.total else 0,
        "exceptions": exceptions,
        "trend": [
            {"roles": one.roles, "finished": one.finished, "role": one.role}
            for one in points
        ],
        "certificate": {
            "roles": len(exact.roles),
            "at_least": exact.at_least,
            "smallest": exact.smallest,
        },
        "fewest_assignments": {
            "roles": len(few),
            "roles_and_assignments": price(relation, few),
        },
    }
    proof = "no model has fewer" if exact.smallest else f"at least {exact.at_least}"
    return data, (
        f"{len(state.roles)} roles; {now} of {state.total} people could hold no single right "
        f"more; {direct} direct rights, {exceptions} exceptions.\n"
        f"{len(exact.roles)} roles would do for everybody ({proof})."
    )
