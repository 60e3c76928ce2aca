"""Influence scripts are written as drafts by the second line, published, and replaced by the next
version.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.catalog.scripts import editing as edit
from app.catalog.scripts.queries import published_script
from app.catalog.scripts.rules import Question, Tree, content_of, faults, tree_of
from app.core.acting import Acting
from app.core.changes import Change, demand_revision, one, one_locked
from app.core.errors import Conflict, Invalid, NotFound, Refused
from app.core.said import said
from app.core.texts import row_number
from app.models.catalog.script import Script
from app.models.catalog.service import Service
from app.models.catalog.words import ScriptState, ServiceState

LONGEST = 400


@dataclass(frozen=True, slots=True)
class TypedScript:
    """One question as a form brought it.

    ``seen`` is its fingerprint when the form was opened; nothing: do not ask.
    """

    text: str
    help: str = ""
    answers: Sequence[tuple[str, str]] = ()
    seen: str = ""


def new_draft(
    act: Acting,
    service_id: int,
    *,
    copy_of: int | None = None,
    content: Mapping[str, Any] | None = None,
    note: str = "",
) -> Script:
    """Begin a new version with ``content``, a copy of ``copy_of``, or of the published one; else an
    empty page.
    """
    service = one_locked(act.session, Service, service_id)
    if service.state is ServiceState.RETIRED:
        raise Refused(
            said("%(name)s is retired; it needs no script any more.", name=service.name)
        )
    source = (
        _of_service(act.session, copy_of, service_id)
        if copy_of
        else published_script(act.session, service_id)
    )
    begun = (
        content_of(tree_of(content))
        if content
        else source.content
        if source
        else content_of(Tree())
    )
    number = (
        act.session.scalar(
            select(func.max(Script.number)).where(Script.service_id == service_id)
        )
        or 0
    )
    change = Change(about=Script)
    made = change.add(
        act.session,
        Script(
            service_id=service_id,
            number=number + 1,
            state=ScriptState.DRAFT,
            note=note.strip(),
            created_at=act.now,
            content=begun,
            created_by=act.by,
        ),
    )
    whence = f", a copy of version {source.number}" if source else ""
    change.record(
        act,
        made,
        "script.draft",
        f"Began script {made.number} of {service.name}{whence}",
    )
    return made


def add_question(act: Acting, script_id: int, text: str, help: str = "") -> str:
    """Add a question at the end of a draft; returns its key."""
    if not text.strip():
        raise Invalid(said("Write the question."), field="text")
    _check_length(text, help)
    script = _draft(act.session, script_id)
    tree, key = edit.add_question(
        tree_of(script.content), text, help, used=_used(act.session, script)
    )
    _save(act, script, tree, f"added the question “{text.strip()}”")
    return key


def write_question(
    act: Acting,
    script_id: int,
    key: str,
    typed: TypedScript,
    *,
    then: str = "",
) -> Script:
    """Write a question with its answers; ``then`` is ``up:1``, ``down:1`` or ``remove:1`` for one
    of its answers.

    Raises ``Conflict`` when somebody else changed this question since the form was opened.
    """
    _check_length(typed.text, typed.help, *(text for text, _to in typed.answers))
    script = _draft(act.session, script_id)
    question = _question(script, key)
    if typed.seen and typed.seen != edit.fingerprint(question):
        raise Conflict(
            said(
                "Somebody changed this question meanwhile. Your words are kept; "
                "compare and save again."
            )
        )
    used = _used(act.session, script)
    tree = edit.write_question(
        tree_of(script.content), key, typed.text, typed.help, typed.answers, used=used
    )
    return _save(
        act,
        script,
        _then(tree, key, then),
        f"wrote the question “{typed.text.strip()}”",
    )


def remove_question(act: Acting, script_id: int, key: str) -> Script:
    """Take a question out of a draft; answers that led to it are open again."""
    script = _draft(act.session, script_id)
    text = _question(script, key).text
    return _save(
        act,
        script,
        edit.remove_question(tree_of(script.content), key),
        f"removed “{text}”",
    )


def move_question(act: Acting, script_id: int, key: str, steps: int) -> Script:
    """Move a question up (−1) or down (+1) on the page."""
    script = _draft(act.session, script_id)
    text = _question(script, key).text
    return _save(
        act,
        script,
        edit.move_question(tree_of(script.content), key, steps),
        f"moved “{text}”",
    )


def start_with(act: Acting, script_id: int, key: str) -> Script:
    """Ask this question first."""
    script = _draft(act.session, script_id)
    text = _question(script, key).text
    return _save(
        act,
        script,
        edit.start_with(tree_of(script.content), key),
        f"begins with “{text}”",
    )


def discard(act: Acting, script_id: int) -> int:
    """Throw a draft away; returns the number of its service."""
    script = _draft(act.session, script_id)
    change = Change(about=Script, before={"content": script.content})
    change.record(
        act,
        script,
        "script.discard",
        f"{_name(act.session, script)} was thrown away",
    )
    act.session.delete(script)
    return script.service_id


def publish(
    act: Acting,
    script_id: int,
    *,
    note: str = "",
    began_at: int | None = None,
) -> Script:
    """Put a draft in force; the version before it is replaced.

    Raises ``Refused`` with every fault it has.
    """
    script = _draft(act.session, script_id, began_at=began_at)
    found = tuple(fault.sentence for fault in faults(script.content))
    if found:
        raise Refused(
            said("This cannot be published yet: %(value)s", value=found[0]),
            details=found,
        )
    one_locked(act.session, Service, script.service_id)
    change = Change(about=Script)
    before = published_script(act.session, script.service_id)
    if before is not None:
        change.put(before, {"state": ScriptState.REPLACED})
        act.session.flush()
    values = {
        "state": ScriptState.PUBLISHED,
        "published_at": act.now,
        "published_by": act.by,
        "revision": script.revision + 1,
    }
    change.put(script, {**values, **({"note": note.strip()} if note.strip() else {})})
    sentence = f"{_name(act.session, script)} is asked from now on"
    change.record(act, script, "script.publish", sentence, reason=note)
    return script


def revert(act: Acting, script_id: int) -> Script:
    """Go back to an earlier version: it is copied and published at once."""
    old = one(act.session, Script, script_id)
    if old.state is not ScriptState.REPLACED:
        raise Refused(
            said("Only a version that was in force before can be gone back to.")
        )
    note = f"Back to version {old.number}"
    draft = new_draft(act, old.service_id, copy_of=old.id, note=note)
    return publish(act, draft.id, note=note)


def _draft(session: Session, script_id: int, *, began_at: int | None = None) -> Script:
    script = one_locked(session, Script, script_id)
    if script.state is not ScriptState.DRAFT:
        raise Refused(
            said(
                "Version %(number)s is %(state)s and never changes; copy it to "
                "a new draft.",
                number=script.number,
                state=script.state,
            )
        )
    demand_revision(script.revision, began_at)
    return script


def _of_service(session: Session, script_id: int, service_id: int) -> Script:
    script = one(session, Script, script_id)
    if script.service_id != service_id:
        raise Invalid(said("That version belongs to another service."), field="copy_of")
    return script


def _question(script: Script, key: str) -> Question:
    found = tree_of(script.content).question(key)
    if found is None:
        raise NotFound(
            said("That question is not there any more; somebody removed it.")
        )
    return found


def _used(session: Session, script: Script) -> set[str]:
    contents = session.scalars(
        select(Script.content).where(Script.service_id == script.service_id)
    )
    return {
        question.key for content in contents for question in tree_of(content).questions
    }


def _then(tree: Tree, key: str, then: str) -> Tree:
    what, _colon, index = then.partition(":")
    steps: dict[str, Callable[[int], Tree]] = {
        "up": lambda at: edit.move_answer(tree, key, at, -1),
        "down": lambda at: edit.move_answer(tree, key, at, 1),
        "remove": lambda at: edit.remove_answer(tree, key, at),
    }
    number = row_number(index)
    return steps[what](number) if what in steps and number is not None else tree


def _save(act: Acting, script: Script, tree: Tree, what: str) -> Script:
    change = Change(about=Script)
    if change.put(script, {"content": content_of(tree)}):
        script.revision += 1
        change.record(
            act, script, "script.write", f"{_name(act.session, script)}: {what}"
        )
    return script


def _name(session: Session, script: Script) -> str:
    return f"Script {script.number} of {one(session, Service, script.service_id).name}"


def _check_length(*texts: str) -> None:
    if any(len(text) > LONGEST for text in texts):
        raise Invalid(
            said(
                "A question, its help and an answer have at most %(longest)s "
                "letters each.",
                longest=LONGEST,
            ),
            field="text",
        )
