"""``rung status``: how things stand, and who may read it without an account."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

import click

from app.auth.console import actor
from app.core.parts import parts
from app.core.terminal import emit, group, table
from app.messages.requester_links import status_address
from app.sponsors.links.actions import (
    StatusLinkDraft,
    give_status_link,
    revoke_status_link,
)
from app.sponsors.links.queries import status_links
from app.sponsors.status.queries import status_of

NUMBER = click.IntRange(1)
ABOUT = click.option(
    "--improvement", type=NUMBER, help="Only this one, with what stands under it."
)


@group("status")
def status() -> None:
    """How things stand, and who reads it without an account."""


@status.command("show")
@ABOUT
def show(improvement: int | None) -> None:
    """Say how all of it stands, or one improvement with what stands under it."""
    here = parts()
    with here.database.read() as session:
        found = status_of(session, here.now(), improvement, knows=True)
    lines = [f"{one.title}: {one.words}" for one in found.improvements]
    emit(asdict(found), [str(found.sentence), *lines])


@status.command("link")
@click.argument("for_whom", metavar="NAME")
@ABOUT
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Opens to this day.")
@click.option("--only-reads", is_flag=True, help="Answers nothing that is asked.")
@click.option("--mail", default="", help="Gets the same once a week.")
def link(
    for_whom: str,
    improvement: int | None,
    until: datetime | None,
    only_reads: bool,
    mail: str,
) -> None:
    """Give NAME a link to the status, which opens for 90 days unless said otherwise."""
    day = until.date() if until else None
    draft = StatusLinkDraft(for_whom, improvement, day, not only_reads, mail)
    with parts().acting(actor()) as act:
        made = give_status_link(act, draft)
        found = {
            "link": made.id,
            "for": made.for_whom,
            "improvement": made.improvement_id,
            "until": made.until,
            "decides": made.decides,
            "mail": made.mail,
            "address": status_address(act.settings, made),
        }
    emit(found, [f"Link {made.id} for {found['for']}", str(found["address"])])


@status.command("revoke")
@click.argument("link_id", metavar="N", type=NUMBER)
def revoke(link_id: int) -> None:
    """Take link N to the status back."""
    with parts().acting(actor()) as act:
        whose = revoke_status_link(act, link_id).for_whom
    emit({"link": link_id, "revoked": True}, f"Taken back: the link of {whose}.")


@status.command("links")
def links() -> None:
    """List who has a link to the status, what it shows, and until when."""
    here = parts()
    with here.database.read() as session:
        lines = status_links(session, here.now())
    rows = [
        (
            one.link.id,
            one.link.for_whom,
            one.title or "everything",
            one.link.until.date(),
            one.state.value,
        )
        for one in lines
    ]
    found = [
        dict(zip(("link", "for", "shows", "until", "state"), row, strict=True))
        for row in rows
    ]
    shown = table(("Link", "For", "Shows", "Until", "Stands"), rows)
    emit({"links": found}, shown or "No links yet.")
