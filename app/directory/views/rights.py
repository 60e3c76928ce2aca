"""Rights: the list, who holds one and how, and what operators say about them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask import Response, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting, posted
from app.core.acting import Acting
from app.core.changes import one
from app.core.errors import Invalid
from app.core.htmx import Undo, answer, done
from app.core.parts import parts
from app.core.said import nsaid, said
from app.core.web import asked_page, asked_sort, csv_answer
from app.core.web.lists import (
    ListFilter,
    Listing,
    Option,
    listed,
    remembered,
    with_any,
)
from app.core.web.paging import with_question
from app.directory import actions, queries
from app.directory.forms import RightOwnerForm
from app.directory.queries import KINDS, LENS_NAMES, LENSES, OWNERS
from app.directory.queries import RIGHT_SORTS as SORTS
from app.directory.views.blueprint import bp
from app.directory.views.words import who_holds
from app.models.directory import Entitlement

MOST_TAKEN_BACK = 50  # a page of the list; the way back stands in the cookie
NOTED = re.compile(r"(\d{1,9}):(\w*):(\w*)")
"""A right's number, what was noted of it before, and what was noted then."""


@bp.get("/rights")
@requires("read")
@remembered
def rights() -> Response:
    """List rights: searched, narrowed by lens, owner and kind."""
    return _list()


@bp.post("/rights/set")
@requires("directory")
def right_set() -> AnyResponse:
    """Say of the ticked rights how they are looked at, or who answers for them; all of them or
    none.
    """
    ticked = request.form.getlist("right", type=int)
    if not ticked:
        return _list(problem=_("Tick the rights you mean first."))
    form = RightOwnerForm()
    if request.form.get("do") == "owner" and not form.validate():
        problem = " ".join(form.owner.errors)
        return _list(problem, frozenset(ticked), form)
    try:
        with acting() as act:
            sentence, undo = _set(act, ticked, form.owner.data or "")
    except Invalid as error:
        return _list(error.message, frozenset(ticked), form)
    return done(with_question(url_for("directory.rights")), sentence, undo=undo)


@bp.post("/rights/set/back")
@requires("directory")
def right_set_back() -> AnyResponse:
    """Note again of several rights what was noted of each before: of all of them or of none."""
    what = request.form.get("do", "")
    rights = NOTED.findall(request.form.get("noted", ""))
    with acting() as act:
        for right_id, before, noted in rights:
            actions.put_back(act, int(right_id), what, noted, before)
    count = nsaid("%(number)s right", "%(number)s rights", len(rights))
    sentence = said("%(count)s: noted as before.", count=count)
    return done(with_question(url_for("directory.rights")), sentence)


@bp.get("/rights/export")
@requires("read")
def right_export() -> Response:
    """Return the same rights as CSV, all pages of them."""
    wanted, sort = _asked_filter(), asked_sort(SORTS, "name")
    with parts().database.read() as session:
        found = queries.rights_page(
            session, wanted, sort, 0, queries.count_rights(session, wanted)
        )
    header = (
        "right",
        "dn",
        "description",
        "people",
        "groups inside",
        "others",
        "left over",
        "looked at",
        "owner",
        "directory",
    )
    return csv_answer("rights.csv", header, (_cells(line) for line in found))


@bp.get("/rights/<int:right_id>")
@requires("read")
def right(right_id: int) -> Response:
    """Show one right: who holds it and how, what its group lists besides people, its history."""
    return _show(right_id, None)


def _show(right_id: int, form: RightOwnerForm | None) -> Response:
    page = asked_page()
    with parts().database.read() as session:
        found = queries.right_page(session, right_id)
        history = queries.changes_of_right(session, right_id)
    named = found.right.owner if found.right.owner_by else None
    form = form or RightOwnerForm(
        formdata=None, data={"owner": named.uid if named else ""}
    )
    page = page.of(len(found.holders))
    holders = found.holders[page.offset : page.offset + page.size]
    return answer(
        "directory/right.html",
        "body",
        form=form,
        found=found,
        holders=holders,
        page=page,
        history=history,
        lenses=_lenses(),
        words=LENS_NAMES,
        sentence=who_holds(found),
    )


@bp.get("/rights/<int:right_id>/export")
@requires("read")
def right_holders(right_id: int) -> Response:
    """Return who holds a right as CSV."""
    with parts().database.read() as session:
        found = queries.right_page(session, right_id)
    rows = (
        (who.uid, who.name, who.department, _way(who.way), who.since.isoformat())
        for who in found.holders
    )
    return csv_answer(
        f"{found.right.cn}.csv", ("uid", "name", "department", "how", "since"), rows
    )


@bp.post("/rights/<int:right_id>")
@requires("directory")
def right_change(right_id: int) -> AnyResponse:
    """Say how one right is looked at and who answers for it."""
    form = RightOwnerForm()

    there = url_for("directory.right", right_id=right_id)

    def change(act: Acting) -> tuple[str, Undo | None]:
        before = _as_sent(act, right_id)
        actions.set_lens(act, right_id, request.form.get("lens", ""))
        actions.mark_privileged(act, right_id, "privileged" in request.form)
        name = actions.set_owner(act, right_id, form.owner.data or "").cn
        changed = before != _as_sent(act, right_id)
        return name, Undo(there, before) if changed else None

    return posted(
        form,
        change,
        there,
        lambda made: _("%(name)s is changed.", name=made[0]),
        lambda made: made[1],
    ) or _show(right_id, form)


def _as_sent(act: Acting, right_id: int) -> dict[str, object]:
    """Return a right's owner, lens and mark as its form sends them."""
    right = one(act.session, Entitlement, right_id)
    named = right.owner_id if right.owner_by else None
    return {
        "lens": right.lens.value,
        "owner": f"row:{named}" if named else "",
        **({"privileged": "1"} if right.privileged_by else {}),
    }


def _list(
    problem: str = "",
    ticked: frozenset[int] = frozenset(),
    form: RightOwnerForm | None = None,
) -> Response:
    wanted, sort, page = _asked_filter(), asked_sort(SORTS, "name"), asked_page()
    with parts().database.read() as session:
        page = page.of(queries.count_rights(session, wanted))
        found = queries.rights_page(session, wanted, sort, page.offset, page.size)
        known = [(line.id, line.name) for line in queries.directory_lines(session)]
    return listed(
        "directory/rights.html",
        Listing("rights", _filters(wanted, known), page, sort),
        status=422 if problem else 200,
        found=found,
        lenses=_lenses(),
        words=LENS_NAMES,
        problem=problem,
        ticked=ticked,
        form=form or RightOwnerForm(formdata=None),
    )


def _filters(
    wanted: queries.RightsFilter, directories: Sequence[Option]
) -> list[ListFilter]:
    filters = [
        ListFilter("q", _("Name, description or DN"), wanted.q),
        ListFilter("kind", _("Which"), wanted.kind, _kinds()),
        ListFilter(
            "lens",
            _("Finds members by"),
            wanted.lens,
            with_any(_lenses(), _("any way")),
        ),
        ListFilter("owner", _("Owner"), wanted.owner, _owners()),
    ]
    if len(directories) > 1:
        options = with_any(directories, _("all"))
        filters.append(
            ListFilter("directory", _("Directory"), wanted.directory, options)
        )
    return filters


def _set(act: Acting, right_ids: list[int], owner: str) -> tuple[str, Undo | None]:
    what = "owner" if request.form.get("do") == "owner" else "lens"
    rights = [one(act.session, Entitlement, right_id) for right_id in right_ids]
    before = {right.id: actions.noted_of(right, what) for right in rights}
    for right_id in right_ids:
        if what == "owner":
            actions.set_owner(act, right_id, owner)
        else:
            actions.set_lens(act, right_id, request.form.get("lens", ""))
    count = nsaid("%(number)s right", "%(number)s rights", len(right_ids))
    sentence = (
        said("The owner of %(count)s is noted.", count=count)
        if what == "owner"
        else said("It is noted how the members of %(count)s are found.", count=count)
    )
    return sentence, _way_back(what, rights, before)


def _way_back(
    what: str, rights: list[Entitlement], before: dict[int, str]
) -> Undo | None:
    """Return the opposite for the rights of which something else was noted, if any."""
    after = {right.id: actions.noted_of(right, what) for right in rights}
    changed = [number for number in after if after[number] != before[number]]
    if not 0 < len(changed) <= MOST_TAKEN_BACK:
        return None
    noted = " ".join(f"{each}:{before[each]}:{after[each]}" for each in changed)
    there = with_question(url_for("directory.right_set_back"))
    return Undo(there, {"do": what, "noted": noted})


def _asked_filter() -> queries.RightsFilter:
    asked = {name: request.args.get(name, "") for name in ("lens", "owner", "kind")}
    known = {"lens": LENSES, "owner": OWNERS, "kind": KINDS}
    kept = {
        name: value if value in known[name] else "" for name, value in asked.items()
    }
    directory = request.args.get("directory", 0, type=int)
    return queries.RightsFilter(
        q=request.args.get("q", "").strip()[:200], directory=directory, **kept
    )


def _lenses() -> list[tuple[str, str]]:
    return list(LENS_NAMES.items())


def _kinds() -> list[tuple[str, str]]:
    names = (
        _("all"),
        _("roles"),
        _("with groups inside"),
        _("held by nobody"),
        _("with other entries"),
        _("with leftovers"),
        _("gone"),
    )
    return list(zip(KINDS, names, strict=True))


def _owners() -> list[tuple[str, str]]:
    return list(
        zip(OWNERS, (_("any"), _("with an owner"), _("without an owner")), strict=True)
    )


def _cells(line: queries.RightLine) -> tuple[object, ...]:
    inside, owner = line.inside, line.owner_name or ""
    counts = (inside.person, inside.group, inside.other, inside.dangling)
    return (
        line.cn,
        line.dn,
        line.description,
        *counts,
        line.lens,
        owner,
        line.directory,
    )


def _way(way: tuple[str, ...]) -> str:
    return f"through {' in '.join(way)}" if way else "direct"
