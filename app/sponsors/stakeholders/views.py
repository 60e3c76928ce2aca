"""Stakeholders: of an improvement, of all, one of them, what was tried and what is to do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as AnyResponse

from app.auth import current_operator_name, requires
from app.auth.acting import acting, posted
from app.core.errors import NotFound
from app.core.htmx import answer, done
from app.core.parts import parts
from app.core.web import csv_answer
from app.core.web.lists import ListFilter, Listing, listed, remembered, with_any
from app.core.web.paging import page_of_rows
from app.core.web.words import Look, give_words
from app.improvements.queries import get_improvement
from app.models.improvements.words import TaskState
from app.models.sponsors.words import StakeholderKind, Stance
from app.sponsors.blueprint import bp
from app.sponsors.stakeholders import actions
from app.sponsors.stakeholders.actions import ContactDraft, StepDraft, Stood
from app.sponsors.stakeholders.forms import (
    AssessForm,
    HolderContactForm,
    HolderForm,
    NewStakeholderForm,
    StepForm,
)
from app.sponsors.stakeholders.pictures import stance_picture, support_picture
from app.sponsors.stakeholders.queries import (
    StakeholderLine,
    complaints_for,
    grid_of,
    missing_sponsor,
    stakeholder_lines,
    stakeholder_page,
    stuck,
    support_of,
    supports,
)
from app.sponsors.stakeholders.rules import corner
from app.sponsors.stakeholders.told import HEAD, cells

FOLDER = "sponsors/stakeholders/"
ASSESS, CONTACT, STEP = "assess", "contact", "step"
"""What the names of fields begin with where three forms stand on one page."""
give_words(
    bp,
    stance_looks={
        Stance.UNAWARE: Look("neutral", "circle-dashed"),
        Stance.RESISTANT: Look("bad", "circle-x"),
        Stance.NEUTRAL: Look("neutral", "minus"),
        Stance.SUPPORTIVE: Look("good", "check"),
        Stance.LEADING: Look("good", "award"),
    },
    degree_words={3: _l("much"), 2: _l("some"), 1: _l("little")},
)
bp.add_app_template_global(corner, "corner_of")
bp.add_app_template_global(stuck, "stuck_at")
ENDED = {
    TaskState.OPEN: _l("It is open again."),
    TaskState.DONE: _l("Done."),
    TaskState.DROPPED: _l("Let go; it can be opened again."),
}


@bp.get("/stakeholders")
@requires("stakeholders")
@remembered
def stakeholders() -> Response:
    """List everybody with a say in any improvement, and the support of each improvement."""
    today = parts().now().date()
    with parts().database.read() as session:
        lines = stakeholder_lines(session, today)
        told = supports(session, today)
    titles = {line.row.improvement_id: line.improvement for line in lines}
    chosen, asked = _narrowed(lines)
    page, rows = page_of_rows(chosen)
    return listed(
        FOLDER + "stakeholders.html",
        Listing("stakeholders", asked, page),
        lines=rows,
        supports=sorted((titles[number], number, one) for number, one in told.items()),
    )


@bp.get("/improvements/<int:improvement_id>/stakeholders")
@requires("stakeholders")
def stakeholders_of(improvement_id: int) -> Response:
    """Show who has a say in an improvement: the grid, the list, how much support there is."""
    today = parts().now().date()
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
        lines = stakeholder_lines(session, today, improvement_id)
        told = support_of(session, improvement_id, today)
        sponsor = missing_sponsor(session, one)
    chosen, asked = _narrowed(lines)
    page, rows = page_of_rows(chosen)
    return listed(
        FOLDER + "of_improvement.html",
        Listing("stakeholders", asked, page),
        one=one,
        lines=rows,
        grid=grid_of(chosen),
        support=told,
        picture=support_picture(told) if told else "",
        sponsors=[line for line in lines if line.row.is_sponsor],
        sponsor=sponsor,
    )


@bp.get("/improvements/<int:improvement_id>/stakeholders.csv")
@requires("stakeholders")
def stakeholders_of_csv(improvement_id: int) -> Response:
    """Hand out who has a say in an improvement as a table."""
    with parts().database.read() as session:
        get_improvement(session, improvement_id)
        today = parts().now().date()
        lines = stakeholder_lines(session, today, improvement_id)
    return _csv(f"stakeholders-{improvement_id}.csv", lines)


@bp.get("/stakeholders.csv")
@requires("stakeholders")
def stakeholders_csv() -> Response:
    """Hand out everybody with a say in any improvement as a table."""
    with parts().database.read() as session:
        lines = stakeholder_lines(session, parts().now().date())
    return _csv("stakeholders.csv", lines)


@bp.route(
    "/improvements/<int:improvement_id>/stakeholders/new", methods=["GET", "POST"]
)
@requires("stakeholders")
def stakeholder_new(improvement_id: int) -> AnyResponse:
    """Say who has a say in an improvement."""
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
        heard = complaints_for(session, improvement_id)
    sponsor = request.args.get("sponsor", "")
    form = NewStakeholderForm(data={"name": sponsor, "is_sponsor": bool(sponsor)})
    form.complaint_id.choices = heard
    return posted(
        form,
        lambda act: actions.add_stakeholder(
            act, improvement_id, _typed(form), Stood(form.stance.data)
        ),
        lambda made: url_for("sponsors.stakeholder", stakeholder_id=made.id),
        _("Noted. Only those who may know of stakeholders see it."),
    ) or answer(
        FOLDER + "edit.html",
        "form",
        form=form,
        back=url_for("sponsors.stakeholders_of", improvement_id=improvement_id),
        named=one.title,
        title=_("Who has a say"),
    )


@bp.get("/stakeholders/<int:stakeholder_id>")
@requires("stakeholders")
def stakeholder(stakeholder_id: int) -> Response:
    """Show one of them: where they stand and stood, what was tried, what is to do."""
    return _show(stakeholder_id)


@bp.route("/stakeholders/<int:stakeholder_id>/edit", methods=["GET", "POST"])
@requires("stakeholders")
def stakeholder_edit(stakeholder_id: int) -> AnyResponse:
    """Say better who it is and what matters to them."""
    with parts().database.read() as session:
        page = stakeholder_page(session, stakeholder_id, parts().now().date())
        heard = complaints_for(session, page.one.improvement_id)
    form = HolderForm(obj=page.one)
    form.complaint_id.choices = heard
    return posted(
        form,
        lambda act: actions.change_stakeholder(
            act, stakeholder_id, _typed(form), form.began_at
        ),
        _page(stakeholder_id),
        _("Changed."),
    ) or answer(
        FOLDER + "edit.html",
        "form",
        form=form,
        back=_page(stakeholder_id),
        named=page.one.name,
        title=_("Who it is and what matters to them"),
    )


@bp.post("/stakeholders/<int:stakeholder_id>/assess")
@requires("stakeholders")
def stakeholder_assess(stakeholder_id: int) -> AnyResponse:
    """Note where they stand."""
    form = AssessForm(prefix=ASSESS)
    return posted(
        form,
        lambda act: actions.assess(
            act,
            stakeholder_id,
            Stood(form.stance.data, form.day.data, form.reason.data or "", form.scores),
        ),
        _page(stakeholder_id),
        _("Noted; where they stood before is kept."),
    ) or _show(stakeholder_id, assess=form, form=form)


@bp.post("/stakeholders/<int:stakeholder_id>/contact")
@requires("stakeholders")
def stakeholder_contact(stakeholder_id: int) -> AnyResponse:
    """Note that somebody was in touch."""
    form = HolderContactForm(prefix=CONTACT)
    return posted(
        form,
        lambda act: actions.note_contact(
            act, stakeholder_id, ContactDraft(**form.values())
        ),
        _page(stakeholder_id),
        _("Noted."),
    ) or _show(stakeholder_id, contact=form, form=form)


@bp.post("/stakeholders/<int:stakeholder_id>/steps")
@requires("stakeholders")
def stakeholder_step(stakeholder_id: int) -> AnyResponse:
    """Say what is to be done with them."""
    form = StepForm(prefix=STEP)
    return posted(
        form,
        lambda act: actions.add_step(act, stakeholder_id, StepDraft(**form.values())),
        _page(stakeholder_id),
        _("Noted; it stands on Today when it is due."),
    ) or _show(stakeholder_id, step=form, form=form)


@bp.post("/stakeholders/steps/<int:action_id>/end")
@requires("stakeholders")
def stakeholder_step_end(action_id: int) -> AnyResponse:
    """Say that it is done and what came of it, let go of it, or open it again."""
    asked = request.form.get("to", "")
    to = next((state for state in TaskState if state == asked), None)
    if to is None:
        raise NotFound(_("There is no such state."))
    with acting() as act:
        row = actions.end_step(act, action_id, to, request.form.get("result", ""))
    return done(_page(row.stakeholder_id), str(ENDED[to]))


@bp.post("/stakeholders/<int:stakeholder_id>/delete")
@requires("stakeholders")
def stakeholder_delete(stakeholder_id: int) -> AnyResponse:
    """Delete them for good."""
    with acting() as act:
        number = actions.delete_stakeholder(act, stakeholder_id)
    return done(
        url_for("sponsors.stakeholders_of", improvement_id=number),
        _("Deleted for good, with everything that was noted."),
    )


def _show(stakeholder_id: int, **sent: Any) -> Response:
    today = parts().now().date()
    with parts().database.read() as session:
        page = stakeholder_page(session, stakeholder_id, today)
    me = {"owner": current_operator_name(), "who": current_operator_name()}
    there = {
        "assess": AssessForm(None, prefix=ASSESS, data={"stance": page.one.stance}),
        "contact": HolderContactForm(None, prefix=CONTACT, data=me),
        "step": StepForm(None, prefix=STEP, data=me),
    }
    return answer(
        FOLDER + "stakeholder.html",
        "body",
        page=page,
        picture=stance_picture(page.assessments),
        today=today,
        **there | sent,
    )


def _page(stakeholder_id: int) -> str:
    return url_for("sponsors.stakeholder", stakeholder_id=stakeholder_id)


def _typed(form: HolderForm) -> dict[str, Any]:
    values = form.values()
    values.pop("stance", None)
    return values


def _narrowed(
    lines: list[StakeholderLine],
) -> tuple[list[StakeholderLine], list[ListFilter]]:
    """Return the lines that fit what is asked, and what can be asked."""
    names = ("text", "stance", "kind", "need")
    asked = {name: request.args.get(name, "").strip()[:200] for name in names}
    stances = [(one.value, _(one.value)) for one in Stance]
    kinds = [(one.value, _(one.value)) for one in StakeholderKind]
    needs = [("short", _("stands lower than needed")), ("silent", _("silent sponsor"))]
    filters = [
        ListFilter("text", _("Words"), asked["text"]),
        ListFilter("stance", _("Stands"), asked["stance"], with_any(stances, _("any"))),
        ListFilter("kind", _("Is a"), asked["kind"], with_any(kinds, _("any"))),
        ListFilter("need", _("Needs"), asked["need"], with_any(needs, _("any"))),
    ]
    return [line for line in lines if _fits(line, asked)], filters


def _fits(line: StakeholderLine, asked: dict[str, str]) -> bool:
    row = line.row
    return (
        line.fits(asked["text"])
        and asked["stance"] in ("", row.stance)
        and asked["kind"] in ("", row.kind)
        and (asked["need"] != "short" or line.is_short)
        and (asked["need"] != "silent" or (row.is_sponsor and line.clock.is_quiet))
    )


def _csv(name: str, lines: Iterable[StakeholderLine]) -> Response:
    return csv_answer(name, HEAD, map(cells, lines))
