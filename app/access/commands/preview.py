"""``wave undo --preview``: what would come back, and what others changed meanwhile; nothing is
written.
"""

from __future__ import annotations

from contextlib import closing
from typing import Any

from app.access.commands.lookup import member
from app.access.commands.texts import counted
from app.access.undo.queries import (
    UndoPage,
    UndoPerson,
    UndoStep,
    undo_page,
    with_a_look,
)
from app.access.waves.queries import get_wave
from app.core.changes import one
from app.core.errors import Away
from app.core.parts import parts
from app.core.terminal import emit
from app.directory.actions import connection_of
from app.models.directory import Directory
from ldap_sync.port import DirectoryError

FOUND = {
    "ready": "",
    "there": "others did it already",
    "part": "others did a part of it",
    "gone": "the group is gone",
    "replaced": "another group bears its name",
}


def preview(wave_id: int, person: str | None) -> int:
    """Look, live, at what an undo would do, and print it."""
    with parts().database.read() as session:
        get_wave(session, wave_id)
        page = undo_page(session, wave_id, member(session, wave_id, person))
        connection = connection_of(
            one(session, Directory, page.directory_id), parts().trust
        )
    try:
        with closing(parts().open_reader(connection)) as reader:
            page = with_a_look(page, reader, lambda: True)
    except DirectoryError as error:
        raise Away(str(error)) from error
    emit(_data(page), _lines(page))
    return 0


def _data(page: UndoPage) -> dict[str, Any]:
    return {
        "wave": page.wave_id,
        "role": page.role,
        "state": page.state,
        "not_begun": list(page.not_begun),
        "people": [
            {
                "person": person.uid,
                "name": person.name,
                "state": person.state,
                "account": person.account,
                "renamed": person.renamed or None,
                "others": list(person.others),
                "steps": [
                    {
                        "step": step.number,
                        "right": step.right,
                        "gives": step.gives,
                        "found": step.found,
                        "trouble": step.trouble,
                    }
                    for step in person.steps
                ],
            }
            for person in page.people
        ],
    }


def _lines(page: UndoPage) -> list[str]:
    if not page.people and not page.not_begun:
        return ["There is nothing to take back."]
    what = (
        f"{counted(page.values, 'value', 'values')} of "
        f"{counted(len(page.people), 'person', 'people')}"
    )
    values = f"{what} would be taken back; {len(page.decisions)} to be decided."
    waiting = [
        f"{name} was not moved yet and would be let go." for name in page.not_begun
    ]
    return [
        values,
        *(line for person in page.people for line in _person(person)),
        *waiting,
    ]


def _person(person: UndoPerson) -> list[str]:
    left = person.account == "left"
    head = f"{person.name} ({person.uid})" + (
        ": has left, nothing is granted any more." if left else ":"
    )
    others = [f"  Changed by others meanwhile: {text}." for text in person.others]
    return [head, *(f"  {_step(step)}" for step in person.steps), *others]


def _step(step: UndoStep) -> str:
    what = f"back into {step.right}" if step.gives else f"out of {step.right}"
    told = step.trouble or FOUND[step.found]
    return f"{what}: {told}" if told else what
