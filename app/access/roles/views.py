"""Roles: the list, one role, and how one is drafted, changed and retired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse
from wtforms import StringField

from app.access.blueprint import bp
from app.access.fit.queries import rights_held
from app.access.queries import load_role
from app.access.roles.actions import (
    RoleDraft,
    change_role,
    create_role,
    retire_role,
    stand_under,
)
from app.access.roles.draft import DraftAsked, draft_page
from app.access.roles.forms import RoleForm, RoleUnderForm
from app.access.roles.page import larger_of, role_page
from app.access.roles.queries import people_in_roles, role_lines
from app.auth import requires
from app.auth.acting import acting, posted
from app.core.acting import Acting
from app.core.errors import Invalid, NotFound, Refused
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web.lists import ListFilter, Listing, listed, remembered
from app.core.web.paging import page_of_rows
from app.directory.queries import LENS_NAMES, is_read
from app.models.access.role import Role, RoleVersion
from app.people.queries import PeopleFilter, count_people, find_person, people_page


@bp.get("/roles")
@requires("read")
@remembered
def roles() -> Response:
    """List the roles, each with how far it has climbed."""
    text = request.args.get("q", "").strip()[:200]
    with parts().database.read() as session:
        lines, inside, read = (
            role_lines(session, text),
            people_in_roles(session),
            is_read(session),
        )
    page, rows = page_of_rows(lines)
    words = ListFilter("q", _("Name, purpose or owner"), text)
    return listed(
        "access/roles/roles.html",
        Listing("roles", [words], page),
        lines=lines,
        rows=rows,
        inside=inside,
        read=read,
    )


@bp.get("/roles/next")
@requires("plan")
def role_next() -> AnyResponse:
    """Lead to whom the next move is possible for: the role most people fit without any change."""
    with parts().database.read() as session:
        used = [line for line in role_lines(session) if line.retired_at is None]
    best = max(used, key=lambda line: line.standing.ready, default=None)
    if best is None or (len(used) > 1 and not best.standing.ready):
        return redirect(url_for("access.roles"))
    return redirect(url_for("access.role_fit", role_id=best.id))


@bp.get("/roles/<int:role_id>")
@requires("read")
def role(role_id: int) -> Response:
    """Show one role: rights, versions, people, waves, exceptions."""
    return _show(role_id)


@bp.route("/roles/<int:role_id>/improvement", methods=["GET", "POST"])
@requires("plan")
def role_under(role_id: int) -> AnyResponse:
    """Put a role under an improvement, or under none."""
    with parts().database.read() as session:
        role, larger = load_role(session, role_id), larger_of(session, role_id)
    form, page = (
        RoleUnderForm(improvement_id=larger),
        url_for("access.role", role_id=role_id),
    )
    return posted(
        form,
        lambda act: stand_under(act, role_id, form.improvement_id.data),
        page,
        _("Changed."),
    ) or answer("access/roles/role_under.html", "form", form=form, role=role, back=page)


@bp.post("/roles/<int:role_id>/retire")
@requires("plan")
def role_retire(role_id: int) -> AnyResponse:
    """Take a role out of use."""
    reason = request.form.get("reason", "").strip()
    try:
        with acting() as act:
            name = retire_role(act, role_id, reason=reason).name
    except Refused as error:
        return _show(role_id, error.message)
    return done(url_for("access.roles"), _("The role %(name)s is retired.", name=name))


def _show(role_id: int, problem: str = "") -> Response:
    with parts().database.read() as session:
        found = role_page(session, role_id)
    status = 409 if problem else 200
    return answer(
        "access/roles/role.html",
        "body",
        status=status,
        role=found,
        problem=problem,
        lenses=LENS_NAMES,
    )


WAYS = ("person", "joiner", "hand")
SUGGESTED = "suggested"
MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class Start:
    """Where a draft starts: the way chosen, the directory (0: the first one), and the person it is
    taken from.
    """

    way: str
    directory_id: int
    person: str = ""
    uid: str = ""
    rights: tuple[int, ...] = ()
    name: str = ""

    @property
    def query(self) -> dict[str, Any]:
        """Return the arguments that lead back to this start."""
        if self.uid:
            return {"from_person": self.uid, "directory": self.directory_id}
        if self.way == SUGGESTED:
            set_of = {"right": list(self.rights), "name": self.name}
            return {"way": self.way, "directory": self.directory_id, **set_of}
        return {"way": self.way, "directory": self.directory_id}


@bp.route("/roles/new", methods=["GET", "POST"])
@requires("plan")
def role_new() -> AnyResponse:
    """Make a role: choose the way, then what belongs into it."""
    start = _start()
    if start is None:
        return _ways()
    form = RoleForm(data={"rights": list(start.rights), "name": start.name})

    def make(act: Acting) -> Made:
        home = draft_page(act.session, DraftAsked(start.directory_id, {})).directory_id
        joiner = _person_in(act.session, form.joiner, home)
        role = create_role(act, home, _typed(act.session, form, home))
        return Made(role.id, role.name, joiner)

    return posted(form, make, _after_making, _told_of) or _form(form, start)


@dataclass(frozen=True, slots=True)
class Made:
    """A role that was just made, and for whom (id), if somebody was named."""

    role_id: int
    name: str
    joiner: int | None


def _after_making(made: Made) -> str:
    """Return where it goes on: the plan of the one who joins, filled in, else how the role fits."""
    if made.joiner is None:
        return url_for("access.role_fit", role_id=made.role_id)
    return url_for(
        "access.role_plan",
        role_id=made.role_id,
        person=made.joiner,
        gain=1,
    )


def _told_of(made: Made) -> str:
    return str(
        _("The role %(name)s is made; this is how it fits people.", name=made.name)
        if made.joiner is None
        else _("The role %(name)s is made; this is the plan for it.", name=made.name)
    )


@bp.route("/roles/<int:role_id>/edit", methods=["GET", "POST"])
@requires("plan")
def role_edit(role_id: int) -> AnyResponse:
    """Change a role; a version that was planned with stays as it is and a new one is made."""
    with parts().database.read() as session:
        role = load_role(session, role_id)
    form, home = RoleForm(data=_known(role)), role.directory_id

    def change(act: Acting) -> RoleVersion:
        return change_role(act, role_id, _typed(act.session, form, home))

    def told(version: RoleVersion) -> str:
        return str(
            _(
                "The role is changed; it is version %(number)s now.",
                number=version.number,
            )
        )

    page = url_for("access.role", role_id=role_id)
    return posted(form, change, page, told) or _form(
        form, Start("hand", home), role=role
    )


@bp.post("/roles/draft/<string:part>")
@requires("plan")
def role_draft(part: str) -> AnyResponse:
    """Count again whom a draft covers, or look for more rights; nothing is saved and nothing typed
    is lost.
    """
    block = {"count": "count", "rights": "choice"}.get(part)
    if block is None:
        raise NotFound(_("There is no such part of the form."))
    with parts().database.read() as session:
        role = (
            load_role(session, request.args.get("role", 0, type=int))
            if request.args.get("role")
            else None
        )
    start = Start("hand", role.directory_id) if role else _start() or Start("hand", 0)
    return _form(RoleForm(), start, role=role, block=block)


def _start() -> Start | None:
    way, home = request.args.get("way", ""), request.args.get("directory", 0, type=int)
    uid = request.args.get("from_person", "").strip()
    if way == SUGGESTED:
        name = request.args.get("name", "")[:64]
        rights = tuple(request.args.getlist("right", type=int))
        return Start(way, home, rights=rights, name=name)
    if not uid:
        return Start(way, home) if way in WAYS[1:] else None
    with parts().database.read() as session:
        person = find_person(session, uid, home or None)
        rights = tuple(rights_held(session, person.id))
    return Start("person", person.directory_id, person.name, uid, rights)


def _ways() -> Response:
    wanted = PeopleFilter(q=request.args.get("q", "").strip()[:200], state="enabled")
    with parts().database.read() as session:
        found = people_page(session, wanted, "name", 0, MOST_FOUND) if wanted.q else []
        total = count_people(session, wanted) if wanted.q else 0
    return answer(
        "access/roles/role_ways.html", "found", wanted=wanted, found=found, total=total
    )


def _form(
    form: RoleForm, start: Start, role: Role | None = None, block: str = "form"
) -> Response:
    reasons = form.chosen() if request.method == "POST" else _reasons(start, role)
    find, department = (form.find.data or "").strip(), form.department.data or ""
    few = start.way in ("person", SUGGESTED) or role is not None
    with parts().database.read() as session:
        draft = draft_page(
            session,
            DraftAsked(start.directory_id, reasons, find, department, only_chosen=few),
        )
    to = {"role": role.id} if role else start.query
    save = (
        url_for("access.role_edit", role_id=role.id)
        if role
        else url_for("access.role_new", **to)
    )
    return answer(
        "access/roles/role_form.html",
        block,
        form=form,
        draft=draft,
        start=start,
        role=role,
        to=to,
        save=save,
        lenses=LENS_NAMES,
    )


def _reasons(start: Start, role: Role | None) -> dict[int, str]:
    known = (
        {item.entitlement_id: item.reason for item in role.versions[-1].rights}
        if role
        else {}
    )
    return known or dict.fromkeys(start.rights, "")


def _known(role: Role) -> Mapping[str, object]:
    return {
        "name": role.name,
        "purpose": role.purpose,
        "owner": role.owner.uid if role.owner else "",
        "realisation": role.realisation.value,
        "rights": [item.entitlement_id for item in role.versions[-1].rights],
    }


def _typed(session: Session, form: RoleForm, directory_id: int) -> RoleDraft:
    return RoleDraft(
        name=form.name.data,
        rights=form.chosen(),
        purpose=form.purpose.data or "",
        owner_id=_person_in(session, form.owner, directory_id),
        realisation=form.realised(),
    )


def _person_in(session: Session, field: StringField, directory_id: int) -> int | None:
    """Return the person a field names. Raises ``Invalid`` at that field."""
    text = (field.data or "").strip()
    if not text:
        return None
    try:
        return find_person(session, text, directory_id).id
    except (NotFound, Refused) as error:
        raise Invalid(
            error.message, field=field.short_name, details=error.details
        ) from error
