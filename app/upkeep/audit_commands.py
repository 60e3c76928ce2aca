"""The audit trail on the command line: prove it, note its end outside, go on with a new key."""

from __future__ import annotations

from pathlib import Path

import click

from app.auth.console import actor
from app.core import audit
from app.core.anchors import RESTORED, anchors_in, drop_anchor, expected, verified
from app.core.errors import Invalid
from app.core.parts import parts
from app.core.terminal import REFUSED, emit, group
from app.upkeep.trail_state import untold

REASON = click.option("--reason", required=True, help="Why; it stands in the trail.")


@group("audit")
def audit_trail() -> None:
    """The record of who did what, and why."""


@audit_trail.command("verify")
@click.option(
    "--against",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with anchors, as kept elsewhere.",
)
def verify(against: Path | None) -> int:
    """Walk the chain of audit events and name the first link that does not hold.

    Seals, the anchors of this installation, permissions and approvals are looked at as well.
    """
    anchors = anchors_in(against) if against else []
    if against and not anchors:
        raise Invalid(f"{against} holds no anchor.", field="against")
    with parts().database.read() as session:
        broken = audit.verify(session, expected(anchors)) if anchors else None
        broken = broken or verified(session, parts().settings)
        count, found = audit.count(session), untold(session)
    if broken:
        emit(
            {"whole": False, "event": broken.id, "why": broken.why},
            f"The audit trail is broken: {broken.sentence}.",
        )
        return REFUSED
    if found:
        text = f"The chain holds, but something was changed outside of Rung: {'; '.join(found)}."
        emit({"whole": True, "events": count, "untold": found}, text)
        return REFUSED
    emit(
        {"whole": True, "events": count},
        f"All {count:,} events are as they were written.",
    )
    return 0


@audit_trail.command("anchor")
@click.option(
    "--restored",
    is_flag=True,
    help="A backup was put back by hand: later events are rightly gone.",
)
def anchor(restored: bool) -> None:
    """Note the number and the hash of the last event outside of the database, as the worker does
    each day.
    """
    settings = parts().settings
    with parts().database.read() as session:
        dropped = drop_anchor(
            session, settings, parts().now(), *([RESTORED] if restored else [])
        )
    noted = {
        "file": settings.anchors,
        "at": dropped.at,
        "kind": dropped.kind,
        "event": dropped.event,
    }
    emit(
        {**noted, "hash": dropped.hash}, [f"Noted in {settings.anchors}:", dropped.line]
    )


@audit_trail.command("new-key")
@REASON
def new_key(reason: str) -> None:
    """Seal what comes with a new key, and take all events until now without proof.

    For who lost the key, or put back a database that was sealed with another one.
    """
    settings = parts().settings
    with parts().acting(actor()) as act:
        last = audit.head_of(act.session)[0]
        name = audit.go_on_from_here(act, reason=reason)
    told = (
        f"Events up to {last} are taken as they are; the new key {name} in {settings.audit_key} "
        "seals what follows."
    )
    emit(
        {"key": name, "accepted": last, "file": settings.audit_key},
        [told, "Keep a copy of that file elsewhere."],
    )
