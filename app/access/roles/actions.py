"""Make roles, change them, retire them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.access.queries import load_role
from app.access.roles.queries import same_rights
from app.access.rungs import improvement_of, put_under, rename_role
from app.core.acting import Acting
from app.core.changes import Change, one
from app.core.errors import Invalid, Refused
from app.core.said import nsaid, said
from app.models.access.role import Role, RoleRight, RoleVersion
from app.models.access.wave import Switch, Wave
from app.models.access.words import HOLDING, Realisation
from app.models.directory import Directory, Entitlement, Lens
from app.models.improvements.improvement import Improvement
from ldap_sync.dn import escape, fold


@dataclass(frozen=True, slots=True)
class RoleDraft:
    """What a person typed about a role.

    ``rights`` maps entitlement ids to the reason each belongs in the role.
    """

    name: str
    rights: Mapping[int, str] = field(default_factory=dict)
    purpose: str = ""
    owner_id: int | None = None
    realisation: Realisation | None = None


def create_role(act: Acting, directory_id: int, draft: RoleDraft) -> Role:
    """Make a role with its first version.

    Raises ``Invalid`` naming the field that cannot be used.
    """
    directory = act.session.get_one(Directory, directory_id)
    name = _checked_name(act.session, directory_id, draft.name)
    rights = _checked_rights(act.session, directory_id, draft.rights)
    _demand_new(act.session, directory_id, draft.rights)
    realisation = draft.realisation or default_realisation(directory, rights)
    if draft.realisation is Realisation.NESTED:
        _state_lenses(act, rights, name)
    role = Role(
        directory_id=directory_id,
        name=name,
        purpose=draft.purpose.strip(),
        owner_id=draft.owner_id,
        realisation=realisation,
        created_at=act.now,
        created_by=act.by,
    )
    role.versions = [_version(1, rights, draft.rights, act.by, act.now)]
    _adopt_group(act.session, directory, role)
    improvement_of(act, role)
    act.session.add(role)
    act.session.flush()
    Change(
        after={
            "rights": sorted(right.cn for right in rights),
            "realisation": realisation.value,
        }
    ).record(act, f"role:{role.id}", "role.create", f"Made the role {name}")
    return role


def change_role(act: Acting, role_id: int, draft: RoleDraft) -> RoleVersion:
    """Change a role: an approved version stays as it is and a new one is made.

    Raises ``Invalid``, ``NotFound``, and ``Refused`` for a retired role.
    """
    role = role_in_use(act.session, role_id)
    name = (
        role.name
        if draft.name.strip() == role.name
        else _checked_name(act.session, role.directory_id, draft.name)
    )
    if name != role.name and role.group_key:
        raise Invalid(
            said("The role has its group in the directory already and keeps its name."),
            field="name",
        )
    rights = _checked_rights(act.session, role.directory_id, draft.rights)
    _demand_new(act.session, role.directory_id, draft.rights, role_id)
    before = _told(role, role.versions[-1])
    called = role.name
    role.name, role.purpose, role.owner_id = name, draft.purpose.strip(), draft.owner_id
    if name != called:
        rename_role(act, role, called)
    if draft.realisation is not None and draft.realisation is not role.realisation:
        _change_realisation(act, role, draft.realisation, rights)
    version = _next_version(act, role, rights, draft.rights)
    after = _told(role, version)
    Change(before=before, after=after).record(
        act, f"role:{role.id}", "role.change", f"Changed the role {name}"
    )
    return version


def stand_under(act: Acting, role_id: int, improvement_id: int | None) -> Role:
    """Put the improvement of a role under a larger one, or with None under none.

    Raises ``NotFound``, ``Refused`` for a retired role, ``Invalid`` where it would stand under
    itself.
    """
    role = role_in_use(act.session, role_id)
    title = (
        one(act.session, Improvement, improvement_id).title
        if improvement_id is not None
        else ""
    )
    if put_under(act, role, improvement_id):
        sentence = (
            f"{role.name} stands under “{title}”"
            if title
            else f"{role.name} stands under no improvement"
        )
        Change().record(act, role, "role.improvement", sentence)
    return role


def retire_role(act: Acting, role_id: int, *, reason: str) -> Role:
    """Take a role nobody is in out of use.

    Raises ``Refused`` while people hold it, and the second time.
    """
    role = role_in_use(act.session, role_id)
    inside = act.session.scalar(
        select(func.count())
        .select_from(Switch)
        .join(Wave)
        .where(Wave.role_id == role_id, Switch.state.in_(HOLDING))
    )
    if inside:
        raise Refused(
            nsaid(
                "%(number)s person holds the role %(name)s; undo that switch first.",
                "%(number)s people hold the role %(name)s; undo their switches first.",
                inside,
                name=role.name,
            )
        )
    role.retired_at = act.now
    Change().record(
        act,
        f"role:{role.id}",
        "role.retire",
        f"Retired the role {role.name}",
        reason=reason,
    )
    return role


def role_in_use(session: Session, role_id: int) -> Role:
    """Return a role as ``load_role`` does. Raises ``Refused`` when it is retired."""
    role = load_role(session, role_id)
    if role.retired_at:
        raise Refused(
            said(
                "The role %(name)s is retired since %(retired_at)s.",
                name=role.name,
                retired_at=f"{role.retired_at:%Y-%m-%d}",
            )
        )
    return role


def default_realisation(
    directory: Directory, rights: Iterable[Entitlement]
) -> Realisation:
    """Return what loses nothing: nested only if every application follows nesting; an unknown lens
    counts as direct.
    """
    transitive = directory.profile.get("memberof") == "transitive"
    follows = {Lens.RECURSIVE, Lens.MEMBEROF} if transitive else {Lens.RECURSIVE}
    return (
        Realisation.NESTED
        if all(right.lens in follows for right in rights)
        else Realisation.MATERIALISED
    )


def group_dn(directory: Directory, name: str) -> str:
    """Return where the group of a role called ``name`` stands, or will stand."""
    base = directory.role_base or directory.group_base or directory.base
    return (
        f"cn={escape(name)},{base}" if base else f"cn={escape(name)}"
    )  # a directory read from a file has no base


def _checked_name(session: Session, directory_id: int, name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise Invalid(said("Give the role a name."), field="name")
    if len(name) > 64:
        raise Invalid(said("A role's name may have 64 characters."), field="name")
    taken = select(Role).where(
        Role.directory_id == directory_id, func.lower(Role.name) == name.lower()
    )
    if session.scalars(taken).first():
        raise Invalid(
            said("There is a role called %(name)s already.", name=name), field="name"
        )
    return name


def _checked_rights(
    session: Session, directory_id: int, wanted: Mapping[int, str]
) -> list[Entitlement]:
    if not wanted:
        raise Invalid(said("A role needs at least one right."), field="rights")
    rights = list(
        session.scalars(
            select(Entitlement)
            .where(
                Entitlement.directory_id == directory_id, Entitlement.gone_at.is_(None)
            )
            .order_by(Entitlement.cn)
        )
    )
    chosen = [right for right in rights if right.id in wanted]
    if len(chosen) != len(wanted):
        raise Invalid(
            said("A chosen right is no longer in the directory; read it again."),
            field="rights",
        )
    roles = [right.cn for right in chosen if right.is_role]
    if roles:
        raise Invalid(
            said(
                "%(value)s is the group of a role and cannot be a right of "
                "another one.",
                value=roles[0],
            ),
            field="rights",
        )
    return chosen


def _demand_new(
    session: Session, directory_id: int, rights: Mapping[int, str], but: int = 0
) -> None:
    """Raise ``Invalid`` where another role in use has exactly these rights: its people could not be
    told from those of the first.
    """
    same = same_rights(session, directory_id, rights, but)
    if same:
        raise Invalid(
            said(
                "%(name)s has exactly the same rights; move people to that role.",
                name=same,
            ),
            field="rights",
        )


def _version(
    number: int,
    rights: Iterable[Entitlement],
    reasons: Mapping[int, str],
    by: str,
    now: datetime,
) -> RoleVersion:
    version = RoleVersion(number=number, created_at=now, created_by=by)
    version.rights = [
        RoleRight(entitlement_id=right.id, reason=reasons[right.id].strip())
        for right in rights
    ]
    return version


def _next_version(
    act: Acting,
    role: Role,
    rights: list[Entitlement],
    reasons: Mapping[int, str],
) -> RoleVersion:
    latest = role.versions[-1]
    used = act.session.scalar(
        select(func.count()).select_from(Wave).where(Wave.version_id == latest.id)
    )
    if latest.approved_at is None and not used:
        # The old rows have to go first: the same right may come back with another reason.
        latest.rights.clear()
        act.session.flush()
        latest.rights.extend(_version(0, rights, reasons, act.by, act.now).rights)
        return latest
    version = _version(latest.number + 1, rights, reasons, act.by, act.now)
    role.versions.append(version)
    act.session.flush()
    return version


def _change_realisation(
    act: Acting,
    role: Role,
    wanted: Realisation,
    rights: list[Entitlement],
) -> None:
    held = act.session.scalar(
        select(func.count())
        .select_from(Switch)
        .join(Wave)
        .where(Wave.role_id == role.id, Switch.state.in_(HOLDING))
    )
    if held:
        raise Invalid(
            nsaid(
                "%(number)s person holds this role as %(value)s; undo that switch first.",
                "%(number)s people hold this role as %(value)s; undo them first.",
                held,
                value=role.realisation.value,
            ),
            field="realisation",
        )
    if wanted is Realisation.NESTED:
        _state_lenses(act, rights, role.name)
    role.realisation = wanted


def _state_lenses(act: Acting, rights: Iterable[Entitlement], role: str) -> None:
    """Record that whoever asks for a nested role states that the applications with an unknown lens
    follow nesting.
    """
    for right in rights:
        if right.lens is Lens.UNKNOWN:
            right.lens, right.lens_by, right.lens_at = Lens.RECURSIVE, act.by, act.now
            sentence = (
                f"Stated that the applications reading {right.cn} follow nested groups"
            )
            Change(
                before={"lens": Lens.UNKNOWN.value},
                after={"lens": Lens.RECURSIVE.value},
            ).record(
                act,
                f"right:{right.id}",
                "right.lens",
                sentence,
                reason=f"The role {role} was made nested.",
            )


def _adopt_group(session: Session, directory: Directory, role: Role) -> None:
    """Take the group that already stands where the role's group belongs, if there is one."""
    role.group_dn = group_dn(directory, role.name)
    wanted = fold(role.group_dn)
    named = select(Entitlement).where(
        Entitlement.directory_id == directory.id,
        func.lower(Entitlement.cn) == role.name.lower(),
        Entitlement.gone_at.is_(None),
    )
    for group in session.scalars(named):
        if fold(group.dn) == wanted:
            role.group_key, role.group_dn, group.is_role = group.key, group.dn, True


def _told(role: Role, version: RoleVersion) -> dict[str, object]:
    return {
        "name": role.name,
        "purpose": role.purpose,
        "realisation": role.realisation.value,
        "version": version.number,
        "rights": len(version.rights),
    }
