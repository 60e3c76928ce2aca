"""Roll-outs: their list, one of them, and what is planned of it."""

from __future__ import annotations

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import posted
from app.core.charts import ExpectedChart, ExpectedWeek, figure
from app.core.htmx import answer
from app.core.parts import parts
from app.core.web import csv_answer
from app.core.web.lists import ListFilter, Listing, listed, remembered, with_any
from app.core.web.paging import page_of_rows
from app.improvements.queries import get_improvement
from app.models.sponsors.rollout import Rollout
from app.models.sponsors.words import RolloutState
from app.sponsors.blueprint import bp
from app.sponsors.rollouts import actions
from app.sponsors.rollouts.forms import RolloutForm
from app.sponsors.rollouts.queries import (
    RolloutLine,
    RolloutPage,
    may_be_like,
    rollout_lines,
    rollout_page,
)
from app.sponsors.rollouts.told import HEAD, SHEET_HEAD, sheet, told

FOLDER = "sponsors/rollouts/"


@bp.get("/roll-outs")
@requires("read")
@remembered
def rollouts() -> Response:
    """List what is brought to users."""
    with parts().database.read() as session:
        lines = rollout_lines(session)
    chosen, asked = _narrowed(lines)
    page, rows = page_of_rows(chosen)
    return listed(
        FOLDER + "rollouts.html",
        Listing(
            "rollouts",
            asked,
            page,
        ),
        lines=rows,
        one=None,
        csv=url_for("sponsors.rollouts_csv"),
    )


@bp.get("/improvements/<int:improvement_id>/roll-outs")
@requires("read")
def rollouts_of(improvement_id: int) -> Response:
    """List what one improvement brings to users."""
    with parts().database.read() as session:
        one = get_improvement(
            session,
            improvement_id,
        )
        lines = rollout_lines(
            session,
            Rollout.improvement_id == improvement_id,
        )
    chosen, asked = _narrowed(lines)
    page, rows = page_of_rows(chosen)
    listing = Listing(
        "rollouts",
        asked,
        page,
    )
    csv = url_for("sponsors.rollouts_csv")
    return listed(
        FOLDER + "rollouts.html",
        listing,
        lines=rows,
        one=one,
        csv=csv,
    )


@bp.get("/roll-outs.csv")
@requires("read")
def rollouts_csv() -> Response:
    """Hand out roll-outs as a table."""
    with parts().database.read() as session:
        lines = rollout_lines(session)
    rows = (list(told(line).values()) for line in lines)
    return csv_answer(
        "roll-outs.csv",
        HEAD,
        rows,
    )


@bp.get("/roll-outs/<int:rollout_id>.csv")
@requires("read")
def rollout_csv(rollout_id: int) -> Response:
    """Hand out the sheet of one roll-out: calls and hours week by week."""
    rows = sheet(page_of(rollout_id))
    return csv_answer(f"roll-out-{rollout_id}.csv", SHEET_HEAD, rows)


@bp.route(
    "/improvements/<int:improvement_id>/roll-outs/new",
    methods=["GET", "POST"],
)
@requires("improve")
def rollout_new(improvement_id: int) -> AnyResponse:
    """Plan a roll-out of an improvement."""
    with parts().database.read() as session:
        one = get_improvement(
            session,
            improvement_id,
        )
        earlier = may_be_like(
            session,
            None,
        )
    form = RolloutForm(data={"title": one.title, "weeks": 6, "seed": 1})
    form.analogue_id.choices = earlier
    return posted(
        form,
        lambda act: actions.plan_rollout(act, improvement_id, form.values()),
        lambda made: address(made.id),
        _("Planned. Now the desk takes its seat at the table."),
    ) or answer(
        "improvements/plain_form.html",
        "form",
        form=form,
        one=one,
        back=url_for("sponsors.rollouts_of", improvement_id=improvement_id),
        title=_("Plan a roll-out"),
        hint=_("Who gets it, when, and for how long its calls are watched."),
    )


@bp.route(
    "/roll-outs/<int:rollout_id>/edit",
    methods=["GET", "POST"],
)
@requires("improve")
def rollout_edit(rollout_id: int) -> AnyResponse:
    """Change what is planned of a roll-out."""
    row = page_of(rollout_id).one
    with parts().database.read() as session:
        one = get_improvement(
            session,
            row.improvement_id,
        )
        earlier = may_be_like(
            session,
            rollout_id,
        )
    form = RolloutForm(obj=row)
    form.analogue_id.choices = earlier
    return posted(
        form,
        lambda act: actions.change_rollout(act, rollout_id, form.values()),
        address(rollout_id),
        _("Changed."),
    ) or answer(
        "improvements/plain_form.html",
        "form",
        form=form,
        one=one,
        back=address(rollout_id),
        title=_("Change the roll-out"),
        hint=_("Who gets it, when, and for how long its calls are watched."),
    )


@bp.get("/roll-outs/<int:rollout_id>")
@requires("read")
def rollout(rollout_id: int) -> Response:
    """Show one roll-out: what is foreseen, what came, what has to be there."""
    page = page_of(rollout_id)
    return answer(
        FOLDER + "rollout.html",
        "body",
        page=page,
        chart=_drawn(page),
        today=parts().now().date(),
    )


def page_of(rollout_id: int) -> RolloutPage:
    """Return one roll-out as it stands now. Raises ``NotFound``."""
    with parts().database.read() as session:
        return rollout_page(session, rollout_id, parts().now())


def address(rollout_id: int) -> str:
    """Return where a roll-out stands."""
    return url_for(
        "sponsors.rollout",
        rollout_id=rollout_id,
    )


def form_page(form: FlaskForm, rollout_id: int, title: str, hint: Any = "") -> Response:
    """Show a form of one roll-out, with what was typed."""
    row = page_of(rollout_id).one
    with parts().database.read() as session:
        one = get_improvement(
            session,
            row.improvement_id,
        )
    return answer(
        "improvements/plain_form.html",
        "form",
        form=form,
        one=one,
        back=address(rollout_id),
        title=title,
        hint=hint,
    )


def _drawn(page: RolloutPage) -> Any:
    if not page.calls:
        return ""
    weeks = tuple(
        ExpectedWeek(
            week.starts,
            week.expected,
            week.band.half,
            week.band.nine,
            week.analogue,
            week.actual,
        )
        for week in page.weeks()
    )
    words = _(
        "%(sum)s calls foreseen in %(weeks)s weeks; %(came)s came so far over the "
        "usual %(usual)s a week.",
        sum=round(sum(page.foreseen)),
        weeks=len(weeks),
        came=sum(page.came),
        usual=f"{page.usual:g}",
    )
    csv = url_for(
        "sponsors.rollout_csv",
        rollout_id=page.one.id,
    )
    return figure(ExpectedChart(_("Calls week by week"), words, weeks), csv)


def _narrowed(lines: list[RolloutLine]) -> tuple[list[RolloutLine], list[ListFilter]]:
    """Return the lines that fit what is asked, and what can be asked."""
    text, state = (
        request.args.get(
            name,
            "",
        ).strip()
        for name in ("text", "state")
    )
    states = [(one.value, _(one.value)) for one in RolloutState]
    filters = [
        ListFilter("text", _("Words"), text[:200]),
        ListFilter("state", _("State"), state, with_any(states, _("any"))),
    ]
    fitting = [
        line
        for line in lines
        if line.fits(text[:200]) and state in ("", line.row.state)
    ]
    return fitting, filters
