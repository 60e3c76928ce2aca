"""The links of people on the command line: sent by mail, given one by one, made worthless."""

from __future__ import annotations

import click

from app.auth.console import actor
from app.core.parts import parts
from app.core.terminal import command, emit
from app.improvements.answers.actions import send_links
from app.improvements.answers.telling import (
    links_given,
    links_revoked,
    sent_told,
    would_be_sent,
    written_letter,
)

RUNG = click.argument("rung_id", metavar="R", type=click.IntRange(1))
NAMES = click.option(
    "--name", "names", multiple=True, required=True, help="This person; repeatable."
)


@command("send-links")
@RUNG
@click.option("--subject", default="", help="The subject of the message.")
@click.option("--text", default="", help="The message; {link} stands for the link.")
@click.option("--signed-by", default="", help="The name under it.")
@click.option("--dry-run", is_flag=True, help="Show whom it reaches; send nothing.")
def send_letter(
    rung_id: int, subject: str, text: str, signed_by: str, dry_run: bool
) -> None:
    """Send everybody of rung R who has not said yet whether it works a link of their own."""
    who = actor()
    with parts().acting(who) as act:
        letter = written_letter(act.session, rung_id, who, subject, text, signed_by)
        if dry_run:
            found = would_be_sent(act.session, rung_id, letter)
            emit(found, [f"To: {', '.join(found['people'])}", found["text"]])
            return
        sent = send_links(act, rung_id, letter)
        found = sent_told(sent)
    parts().ring()
    emit(found, sent.sentence)


@command("link")
@RUNG
@NAMES
def give_link(rung_id: int, names: tuple[str, ...]) -> None:
    """Give people of rung R a link each, to be handed over; it opens for 30 days."""
    with parts().acting(actor()) as act:
        found = links_given(act, rung_id, names)
    emit({"links": found}, [f"{one['name']}: {one['link']}" for one in found])


@command("unlink")
@RUNG
@NAMES
def take_link(rung_id: int, names: tuple[str, ...]) -> None:
    """Make every link of people of rung R worthless."""
    with parts().acting(actor()) as act:
        found = links_revoked(act, rung_id, names)
    emit({"revoked": found}, f"Worthless now: the links of {', '.join(found)}.")
