"""``role undo``: take a role back from everybody, in the foreground or by the worker."""

from __future__ import annotations

import time
from contextlib import closing

import click

from app.access.commands.applied import DETACH, ON_CONFLICT, PAUSE_SECONDS, work_on
from app.access.commands.data import Data, find_role
from app.access.commands.texts import counted
from app.access.undo.whole import go_on_with, open_role_undo, undo_role
from app.access.undo.whole_queries import (
    RoleUndoOutcome,
    RoleUndoPage,
    newest_role_undo,
    outcome_of,
    role_undo_page,
    with_looks,
)
from app.auth.console import actor
from app.core.changes import one, one_locked
from app.core.errors import Away
from app.core.parts import parts
from app.core.terminal import CONFLICT, command, emit, table
from app.directory.actions import connection_of
from app.models.access.whole import RoleUndo
from app.models.directory import Directory
from ldap_sync.port import DirectoryError

OUTCOMES = ("clean", "conflicts", "impossible", "unknown")


@command("undo")
@click.argument("name")
@ON_CONFLICT
@click.option("--reason", default="", help="Why.")
@click.option(
    "--preview",
    is_flag=True,
    help="Only show which waves would be taken back, and how that would go.",
)
@DETACH
def undo(name: str, on_conflict: str, reason: str, preview: bool, detach: bool) -> int:
    """Take the role NAME back from everybody, the newest wave first; called again, it goes on."""
    with parts().database.read() as session:
        role_id = find_role(session, name)
    if preview:
        return _preview(role_id)
    with parts().acting(actor()) as act:
        if open_role_undo(act.session, role_id) is None:
            decisions = {"*": on_conflict}
            undo_role(act, role_id, decisions=decisions, reason=reason)
    if detach:
        parts().ring()
        emit(
            {"role": name, "detached": True},
            "The worker has it. `rung undo-health` tells what is left.",
        )
        return 0
    while _goes_on(role_id):
        time.sleep(PAUSE_SECONDS)
    return _told(role_id, name)


def _goes_on(role_id: int) -> bool:
    """Take the wave back whose turn it is, and give the next one its turn; False when every wave
    had its turn.
    """
    with parts().database.read() as session:
        asked = open_role_undo(session, role_id)
    if asked is None:
        return False
    if asked.wave_id is not None:
        work_on(asked.wave_id)
    with parts().acting(asked.asked_by) as act:
        return go_on_with(act, one_locked(act.session, RoleUndo, asked.id))


def _told(role_id: int, name: str) -> int:
    with parts().database.read() as session:
        asked = newest_role_undo(session, role_id)
        found = outcome_of(session, asked) if asked else RoleUndoOutcome(0, 0, (), ())
    left = found.under_way + len(found.conflicts) + len(found.passed)
    data = {
        "role": name,
        "back": found.back,
        "under_way": found.under_way,
        "conflicts": list(found.conflicts),
        "passed": list(found.passed),
    }
    back = counted(found.back, "person is", "people are")
    emit(data, [f"{back} back; {left} left.", *found.conflicts, *found.passed])
    return CONFLICT if left else 0


def _preview(role_id: int) -> int:
    with parts().database.read() as session:
        page = role_undo_page(session, role_id)
        home = one(session, Directory, page.directory_id)
        connection = connection_of(home, parts().trust)
    try:
        with closing(parts().open_reader(connection)) as reader:
            page = with_looks(page, reader, lambda: True)
    except DirectoryError as error:
        raise Away(str(error)) from error
    emit(_data(page), _lines(page))
    return 0


def _data(page: RoleUndoPage) -> Data:
    waves = [
        {
            "wave": wave.page.wave_id,
            "number": wave.page.number,
            "people": wave.people,
            "values": wave.page.values,
            **{name: wave.outcomes.get(name, 0) for name in OUTCOMES},
        }
        for wave in page.waves
    ]
    return {
        "role": page.role,
        "people": page.people,
        "waves": waves,
        "armed": page.armed,
        "passed": list(page.passed),
    }


def _lines(page: RoleUndoPage) -> list[str]:
    if not page.waves:
        return ["There is nothing to take back."]
    found = page.outcomes
    told = ", ".join(f"{found.get(name, 0)} {name}" for name in OUTCOMES)
    people = counted(page.people, "person", "people")
    rows = [
        (
            str(wave.page.number),
            str(wave.people),
            *(str(wave.outcomes.get(name, 0)) for name in OUTCOMES),
        )
        for wave in page.waves
    ]
    heads = ("Wave", "People", "Clean", "Conflicts", "Impossible", "Unknown")
    return [f"{people} would be taken back: {told}.", table(heads, rows), *page.passed]
