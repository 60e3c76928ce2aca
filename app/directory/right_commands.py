"""Rights on the command line: who holds one, now or then, its owner, how it is read."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from app.auth.console import actor
from app.core.changes import one
from app.core.parts import parts
from app.core.spoken_times import stamped_at
from app.core.terminal import command as top_level
from app.core.terminal import emit, group, table
from app.directory import actions, queries
from app.directory.rules import asked_moment, demand_record
from app.models.directory import Directory


@group("right")
def right() -> None:
    """Rights: the groups of a directory, with their owner and how applications look at them."""


@right.command("list")
@click.argument("words", required=False, default="")
@click.option(
    "--kind", type=click.Choice(queries.KINDS[1:]), help="Only rights of this kind."
)
@click.option(
    "--owner",
    type=click.Choice(queries.OWNERS[1:]),
    help="Only rights with or without an owner.",
)
@click.option(
    "--lens",
    type=click.Choice(queries.LENSES[1:]),
    help="Only rights looked at in this way.",
)
def list_rights(
    words: str, kind: str | None, owner: str | None, lens: str | None
) -> None:
    """List rights, all of them or those whose name, description or DN holds WORDS."""
    wanted = queries.RightsFilter(
        q=words, kind=kind or "", owner=owner or "", lens=lens or ""
    )
    with parts().database.read() as session:
        found = queries.rights_page(
            session, wanted, "name", 0, queries.count_rights(session, wanted)
        )
    rows = [
        (
            line.cn,
            line.inside.person,
            line.inside.group,
            line.inside.other,
            line.inside.dangling,
            line.lens,
            line.owner_name or "",
        )
        for line in found
    ]
    shown = table(
        ("Right", "People", "Groups", "Others", "Left over", "Lens", "Owner"), rows
    )
    emit({"rights": found}, shown or "No right fits. `rung sync` reads a directory.")


@right.command("show")
@click.argument("name", metavar="GROUP")
def show_right(name: str) -> None:
    """Show who holds the right GROUP (its cn or DN) and how."""
    with parts().database.read() as session:
        page = queries.right_page(session, queries.find_right(session, name).id)
    holders = [
        {
            "person": who.uid,
            "name": who.name,
            "direct": who.direct,
            "way": list(who.way),
            "since": who.since,
        }
        for who in page.holders
    ]
    lens, owner = (
        page.right.lens.value,
        page.right.owner.uid if page.right.owner else None,
    )
    content = {
        "right": page.right.cn,
        "dn": page.right.dn,
        "lens": lens,
        "owner": owner,
        "people": holders,
        "by_primary_group": page.by_primary_group,
        "asked": _asked(page),
        "others": [{"value": other.value, "what": other.what} for other in page.others],
        "left_over": [
            value.value for value in page.nobodies if value.kind == "dangling"
        ],
    }
    rows = [
        (who.uid, who.name, f"through {' in '.join(who.way)}" if who.way else "direct")
        for who in page.holders
    ]
    head = f"{page.right.cn} ({page.right.dn}), lens {lens}, owner {owner or 'nobody'}"
    primary = [f"Held as primary group by {page.by_primary_group:,}."]
    others = [
        f"Lists what is no person: {other.value} ({other.what})."
        for other in page.others
    ]
    emit(
        content,
        [
            head,
            table(("Person", "Name", "How"), rows) or "It lists no person.",
            *(primary if page.by_primary_group else []),
            *_asked_told(page),
            *others,
        ],
    )


def _asked(page: queries.RightPage) -> dict[str, Any] | None:
    if page.asked is None:
        return None
    by = [{**asdict(line), "lens": line.lens} for line in page.asked.lines]
    reach = {"since": page.asked.since, "until": page.asked.until}
    return {"last": page.asked.day, **reach, "by": by}


def _asked_told(page: queries.RightPage) -> list[str]:
    if page.asked is None:
        return []
    last = f"on {page.asked.day}" if page.asked.day else "never"
    return [f"Last asked about: {last}, by logs until {page.asked.until}."]


@top_level("who")
@click.argument("name", metavar="RIGHT")
@click.option(
    "--on",
    default="",
    metavar="DATE",
    help="The end of this day, or a time such as 2026-03-14T09:30.",
)
@click.option(
    "--directory",
    "place",
    default="",
    metavar="NAME",
    help="The directory, where several have such a right.",
)
def who(name: str, on: str, place: str) -> None:
    """Say who holds RIGHT (its cn or DN), or held it on DATE, directly or through groups inside."""
    now, zone = parts().now(), parts().settings.timezone
    at = asked_moment(on, zone, now) if on else now
    with parts().database.read() as session:
        directory_id = queries.find_directory(session, place).id if place else None
        found = queries.find_right(session, name, directory_id)
        home = one(session, Directory, found.directory_id)
        demand_record(at, home.known_since, zone)
        held = queries.holders_at(session, found.id, at)
    people = [_held(one) for one in held]
    content = {
        "right": found.cn,
        "dn": found.dn,
        "at": at,
        "known_since": home.known_since,
        "people": people,
    }
    rows = [(one.account, one.name, _how(one), _began(one, zone)) for one in held]
    shown = table(("Person", "Name", "How", "Since"), rows)
    emit(content, [f"{found.cn} at {stamped_at(at, zone)}", shown or "Nobody held it."])


def _held(one: queries.HeldThen) -> dict[str, Any]:
    return {
        "person": one.account,
        "name": one.name,
        "gone": one.gone,
        "direct": not one.way,
        "way": list(one.way),
        "since": one.since,
        "known_before": one.known_before,
        "sure": one.sure,
    }


def _how(one: queries.HeldThen) -> str:
    way = f"through {' in '.join(one.way)}" if one.way else "direct"
    return way if one.sure else f"perhaps {way}: it changed between two readings"


def _began(one: queries.HeldThen, zone: str) -> str:
    seen = stamped_at(one.since, zone)
    return f"before {seen}" if one.known_before else seen


@right.command("lens")
@click.argument("name", metavar="GROUP")
@click.argument("lens", type=click.Choice(queries.LENSES[1:]))
def set_lens(name: str, lens: str) -> None:
    """Say how the application that uses the right GROUP looks at it."""
    with parts().acting(actor()) as act:
        found = queries.find_right(act.session, name)
        actions.set_lens(act, found.id, lens)
    emit(
        {"right": found.cn, "lens": lens},
        f"{found.cn} is looked at: {queries.LENS_NAMES[lens]}.",
    )


@right.command("privileged")
@click.argument("name", metavar="GROUP")
@click.option(
    "--on/--off",
    "marked",
    default=True,
    help="Mark it, or take the mark back; marked unless said.",
)
def set_privileged(name: str, marked: bool) -> None:
    """Mark the right GROUP as one whose holders rule over others: never given in passing, approved
    by two.
    """
    with parts().acting(actor()) as act:
        found = queries.find_right(act.session, name)
        right = actions.mark_privileged(act, found.id, marked)
        told = {
            "right": right.cn,
            "privileged": right.is_privileged,
            "by_server": right.privileged,
        }
    words = "is privileged" if told["privileged"] else "is a right like any other"
    why = ", as the server says" if told["by_server"] else ""
    emit(told, f"{told['right']} {words}{why}.")


@right.command("owner")
@click.argument("name", metavar="GROUP")
@click.argument("person", default="")
def set_owner(name: str, person: str) -> None:
    """Say that PERSON (uid or DN) answers for the right GROUP; without PERSON, go back to what the
    directory says.
    """
    with parts().acting(actor()) as act:
        found = queries.find_right(act.session, name)
        actions.set_owner(act, found.id, person)
    with parts().database.read() as session:
        owner = queries.right_page(session, found.id).right.owner
    shown = owner.uid if owner else None
    emit(
        {"right": found.cn, "owner": shown},
        f"{shown or 'Nobody'} answers for {found.cn}.",
    )
