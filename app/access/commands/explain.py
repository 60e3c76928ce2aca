"""``explain``: where each right of a person comes from."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from app.access.person.explain import (
    PrimaryHeld,
    RightHeld,
    ThroughRole,
    primary_held,
    rights_held_by,
    roles_held,
)
from app.access.roles.page import KeptRight
from app.core.parts import parts
from app.core.terminal import command, emit, table
from app.directory.queries import load_graph
from app.models.people import Person
from app.people.queries import find_person


@command("explain")
@click.argument("person")
def explain(person: str) -> None:
    """Say for each right of PERSON, in one sentence, where it comes from."""
    with parts().database.read() as session:
        found = find_person(session, person)
        graph, roles = (
            load_graph(session, found.directory_id),
            roles_held(session, found),
        )
        held = (
            rights_held_by(session, graph, found, roles)
            if found.id in graph.people
            else ()
        )
        primary = primary_held(graph, found) if found.id in graph.people else None
    rights = [_told(right) for right in held]
    shown = table(
        ("Right", "Where it comes from"),
        [(right["right"], right["sentence"]) for right in rights],
    )
    data = {
        "person": found.uid,
        "name": found.name,
        "dn": found.dn,
        "gone_at": found.gone_at,
        "rights": rights,
        "primary_group": asdict(primary) if primary else None,
    }
    nothing = "" if primary else _why_nothing(found)
    lines = [shown or nothing, _primary(primary) if primary else ""]
    emit(data, [f"{found.name} ({found.uid})", *filter(None, lines)])


def _primary(held: PrimaryHeld) -> str:
    also = f", and with it {', '.join(held.above)}" if held.above else ""
    return f"Primary group, neither to be given nor taken: {held.name}{also}."


def _told(right: RightHeld) -> dict[str, Any]:
    role, kept = right.role, right.kept
    return {
        "right": right.name,
        "sentence": _sentence(right),
        "direct": right.direct,
        "via": list(right.via),
        "since": right.since,
        "role": {
            "role": role.role,
            "version": role.version,
            "group": role.group,
            "since": role.since,
            "before": role.before,
        }
        if role
        else None,
        "exception": {"until": kept.until, "owner": kept.owner, "reason": kept.reason}
        if kept
        else None,
    }


def _sentence(right: RightHeld) -> str:
    again = _again(right) if right.came_back else ""
    return " ".join(filter(None, [_source(right), again, _exception(right.kept)]))


def _again(right: RightHeld) -> str:
    since = f" since {right.since:%Y-%m-%d}" if right.since else ""
    return f"A direct member again{since}, not by the plan."


def _source(right: RightHeld) -> str:
    if right.role:
        return _through(right.role)
    if not right.direct:
        return f"Nested via {' → '.join((*right.via, right.name))}."
    if right.since is None:
        return "Direct member, put there by Rung since the last reading."
    if right.always:
        return f"Direct member since before {right.since:%Y-%m-%d}, the first reading."
    return f"Direct member since {right.since:%Y-%m-%d}."


def _through(role: ThroughRole) -> str:
    how = f"via group {role.group}" if role.group else "as a member"
    since = f" since {role.since:%Y-%m-%d}" if role.since else ""
    return (
        f"Through role {role.role} v{role.version} {how}{since}; before: {role.before}."
    )


def _exception(kept: KeptRight | None) -> str:
    return (
        f"Exception until {kept.until:%Y-%m-%d}: {kept.reason} ({kept.owner})"
        if kept
        else ""
    )


def _why_nothing(person: Person) -> str:
    if person.gone_at:
        return f"No longer in the directory since {person.gone_at:%Y-%m-%d}."
    return "Holds no right."
