"""Say what an audience gains, and write to people instead of calling them to a large round."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from app.core.acting import Acting
from app.core.errors import Invalid
from app.core.said import said
from app.improvements.events import anybody
from app.improvements.queries import get_improvement
from app.incidents.inform.queries import signature_of
from app.messages.actions.sending import MessageDraft, send
from app.models.messages import Message, MessageKind
from app.models.sponsors.meeting import KeyMessage
from app.models.sponsors.stakeholder import Stakeholder
from app.models.sponsors.words import ContactKind, WhomFor
from app.sponsors.events import DiscreetChange
from app.sponsors.gains.queries import gain_rows
from app.sponsors.meetings.actions import channels_to_each, recipient_of
from app.sponsors.stakeholders.actions import ContactDraft, note_contact

LONGEST_GAIN = 1_000


def say_gains(act: Acting, improvement_id: int, gains: Mapping[WhomFor, str]) -> int:
    """Say what each audience gains, as a key message to it; empty takes it off the list.

    Returns how many changed. Raises ``Invalid`` naming the field.
    """
    one = get_improvement(act.session, improvement_id)
    there, change, changed = gain_rows(act.session, improvement_id), DiscreetChange(), 0
    for audience, typed in gains.items():
        whom = WhomFor(audience)
        text, row = typed.strip(), there.get(whom)
        if len(text) > LONGEST_GAIN:
            raise Invalid(
                said("Say it in 1,000 signs at most."), field=whom.name.lower()
            )
        if text == (row.text if row else ""):
            continue
        changed += 1
        if row is None:
            change.add(act.session, _message(act, improvement_id, whom, text))
        elif text:
            change.put(row, {"text": text})
        else:
            act.session.delete(row)
    if changed:
        about = f"stakeholder:improvement:{one.id}"
        change.record(
            act, about, "stakeholder.gains", f"Said who gains what: {changed}"
        )
    return changed


def write_to(
    act: Acting, improvement_id: int, words: tuple[str, str], names: Sequence[str]
) -> Message:
    """Send people a letter, a mail or a note; a stakeholder counts as written to.

    ``words`` are subject and text. Raises ``Invalid`` naming the field.
    """
    get_improvement(act.session, improvement_id)
    subject, text = (each.strip() for each in words)
    if not names:
        raise Invalid(said("Say to whom."), field="people")
    channels = channels_to_each(act.session)
    if not channels:
        why = said("No channel reaches people one by one; add one for mail first.")
        raise Invalid(why, field="people")
    known = [anybody(act.session, name, "people") for name in names]
    draft = MessageDraft(
        MessageKind.INVITATION,
        subject,
        text,
        signature_of(act.session, act.by),
        audience={"improvement": improvement_id, "count": len(known)},
    )
    people = [
        recipient_of(act.session, f"written:{place}", who.name, who.person_id)
        for place, who in enumerate(known)
    ]
    sent = send(act, draft, people, channels)
    for number in _stakeholders(act, improvement_id, [who.name for who in known]):
        contact = ContactDraft(ContactKind.WRITTEN, technique=subject, heard=False)
        note_contact(act, number, contact)
    return sent


def _message(act: Acting, improvement_id: int, whom: WhomFor, text: str) -> KeyMessage:
    return KeyMessage(
        improvement_id=improvement_id,
        audience=whom.value,
        gain_of=whom,
        text=text,
        created_at=act.now,
        created_by=act.by,
    )


def _stakeholders(act: Acting, number: int, names: Sequence[str]) -> Sequence[int]:
    asked = select(Stakeholder.id).where(
        Stakeholder.improvement_id == number,
        func.lower(Stakeholder.name).in_([name.lower() for name in names]),
    )
    return act.session.scalars(asked.order_by(Stakeholder.id)).all()
