"""Influence scripts on the command line: checked, published."""

from __future__ import annotations

from typing import Any

import click

from app.auth.console import actor
from app.catalog.scripts import actions
from app.catalog.scripts.queries import Version, version
from app.core.parts import parts
from app.core.terminal import emit, group

SCRIPT = click.argument("script_id", metavar="V", type=click.IntRange(1))
REFUSED = 1


@group("script")
def script() -> None:
    """Influence scripts: the questions that lead to the impact on a service.

    V is a version's number, as in the address of its page.
    """


@script.command("check")
@SCRIPT
def check(script_id: int) -> int:
    """Check version V: every fault that keeps it from being published; ends with 1 when there is
    any.
    """
    found = _version(script_id)
    emit(
        _told(found),
        [fault.sentence for fault in found.faults]
        or "No faults: every choice of answers ends.",
    )
    return REFUSED if found.faults else 0


@script.command("publish")
@SCRIPT
@click.option("--note", default="", help="What is new in it.")
def publish(script_id: int, note: str) -> None:
    """Publish draft V; it is asked from now on."""
    by = actor()
    with parts().acting(by) as act:
        actions.publish(act, script_id, note=note)
        act.session.flush()
        found = version(act.session, script_id)
    emit(_told(found), f"{found.service}: version {found.number} is asked from now on.")


def _version(script_id: int) -> Version:
    with parts().database.read() as session:
        return version(session, script_id)


def _told(found: Version) -> dict[str, Any]:
    return {
        "script": found.id,
        "service": found.service,
        "version": found.number,
        "state": found.state.value,
        "faults": found.faults,
    }
