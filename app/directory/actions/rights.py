"""What operators know about rights that the directory does not say: who answers for them, how they
are looked at.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.core.acting import Acting
from app.core.changes import Change, one
from app.core.errors import Conflict, Invalid, NotFound, Refused
from app.core.said import said
from app.directory.rules import LENS_WORDS
from app.models.directory import Entitlement, Lens
from app.models.people import Person
from app.people.queries import find_person


def set_lens(act: Acting, right_id: int, lens: str, *, reason: str = "") -> Entitlement:
    """Say how the application that uses a right looks at it; ``reason`` is how that is known.

    Raises ``Invalid`` for an unknown way.
    """
    right = one(act.session, Entitlement, right_id)
    if lens not in list(Lens):
        raise Invalid(
            said(
                "A right is looked at in one of these ways: %(lens)s.",
                lens=", ".join(Lens),
            ),
            field="lens",
        )
    if lens == right.lens:
        return right
    before = right.lens
    right.lens, right.lens_by, right.lens_at = Lens(lens), act.by, act.now
    if right.lens is Lens.UNKNOWN:  # what nobody knows, nobody noted
        right.lens_by, right.lens_at = "", None
    told = f"{right.cn} is looked at: {LENS_WORDS[right.lens]}"
    Change(before={"lens": before.value}, after={"lens": right.lens.value}).record(
        act, f"right:{right.id}", "right.lens", told, reason=reason
    )
    return right


def noted_of(right: Entitlement, what: str) -> str:
    """Return what is noted of a right as ``put_back`` takes it: its lens, or its owner's number."""
    if what == "lens":
        return right.lens.value
    return str(right.owner_id or "") if right.owner_by else ""


def put_back(act: Acting, right_id: int, what: str, noted: str, before: str) -> None:
    """Note again of a right what was noted before somebody noted ``noted``.

    Raises ``Conflict`` when something else was noted since, and ``Invalid``.
    """
    right = one(act.session, Entitlement, right_id)
    if noted_of(right, what) != noted:
        raise Conflict(
            said(
                "Something else was noted of %(right)s meanwhile; nothing was taken back.",
                right=right.cn,
            )
        )
    if what == "lens":
        set_lens(act, right_id, before)
        return
    if before and not before.isdecimal():
        raise Invalid(said("An owner is a person."), field="owner")
    owner = one(act.session, Person, int(before)).dn if before else ""
    set_owner(act, right_id, owner)


def mark_privileged(
    act: Acting,
    right_id: int,
    marked: bool,
) -> Entitlement:
    """Say that whoever holds a right rules over others, or take that back.

    What the server marks stays marked.
    """
    right = one(act.session, Entitlement, right_id)
    if marked == bool(right.privileged_by):
        return right
    right.privileged_by = act.by if marked else ""
    told = (
        f"{right.cn} is {'marked as' if marked else 'no longer marked as'} privileged"
    )
    about = f"right:{right.id}"
    Change(before={"privileged": not marked}, after={"privileged": marked}).record(
        act, about, "right.privileged", told
    )
    return right


def set_owner(act: Acting, right_id: int, owner: str) -> Entitlement:
    """Say who answers for a right, by uid or DN; an empty text goes back to what the directory
    says.

    Raises ``Invalid`` when nobody or several people are meant.
    """
    right = one(act.session, Entitlement, right_id)
    before = _name(act.session, right.owner_id)
    person = _owner(act.session, right, owner)
    if (person.id if person else None) == right.owner_id and bool(owner) == bool(
        right.owner_by
    ):
        return right
    right.owner_id, right.owner_by = (person.id, act.by) if person else (None, "")
    after = _name(act.session, right.owner_id)
    told = (
        f"{after} answers for {right.cn}"
        if after
        else f"Nobody is named any more as owner of {right.cn}"
    )
    Change(before={"owner": before}, after={"owner": after}).record(
        act, f"right:{right.id}", "right.owner", told
    )
    return right


def _owner(session: Session, right: Entitlement, owner: str) -> Person | None:
    wanted = owner.strip() or right.owner_dn
    try:
        return find_person(session, wanted, right.directory_id) if wanted else None
    except (NotFound, Refused) as error:
        if not owner.strip():
            return None  # the directory names an owner who is not among its people
        raise Invalid(error.message, field="owner") from error


def _name(session: Session, person_id: int | None) -> str:
    person = session.get(Person, person_id) if person_id else None
    return f"{person.name} ({person.uid})" if person else ""
