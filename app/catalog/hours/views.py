"""Business hours: the calendars, their weeks, their holidays."""

from __future__ import annotations

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting, posted
from app.catalog.blueprint import bp
from app.catalog.hours import actions
from app.catalog.hours.actions import CalendarDraft
from app.catalog.hours.forms import CalendarForm, HolidaysForm
from app.catalog.hours.queries import calendar_page, calendar_pages
from app.catalog.hours.rules import DAYS
from app.core.errors import Conflict
from app.core.htmx import Undo, answer, done
from app.core.parts import parts
from app.core.web import blaming

USUAL = dict.fromkeys(DAYS[:5], "08:00–12:00, 13:00–17:00")


@bp.get("/services/calendars")
@requires("read")
def calendars() -> Response:
    """List the calendars with their hours in words."""
    with parts().database.read() as session:
        found = calendar_pages(session)
    return answer("catalog/hours/calendars.html", "body", calendars=found)


@bp.route("/services/calendars/new", methods=["GET", "POST"])
@requires("catalog")
def calendar_new() -> AnyResponse:
    """Make a calendar."""
    form = CalendarForm(data={"timezone": "UTC", **USUAL})
    return posted(
        form,
        lambda act: actions.add_calendar(act, _draft(form)),
        lambda made: _page(made.id),
        _("The calendar is made; now its holidays."),
    ) or answer(
        "catalog/hours/calendar_form.html",
        "form",
        form=form,
        calendar=None,
        problem=None,
    )


@bp.get("/services/calendars/<int:calendar_id>")
@requires("read")
def calendar(calendar_id: int) -> Response:
    """Show a calendar: its week, its holidays, who keeps it."""
    return _show(calendar_id, HolidaysForm(formdata=None))


@bp.route("/services/calendars/<int:calendar_id>/edit", methods=["GET", "POST"])
@requires("catalog")
def calendar_edit(calendar_id: int) -> AnyResponse:
    """Change name, time zone or week."""
    with parts().database.read() as session:
        found = calendar_page(session, calendar_id)
    known = {
        "name": found.name,
        "timezone": found.timezone,
        "is_office": found.is_office,
    }
    form = CalendarForm(data={**known, "revision": found.revision, **found.week})
    problem: Conflict | None = None
    if form.validate_on_submit():
        try:
            with blaming(form):
                with acting() as act:
                    actions.change_calendar(
                        act,
                        calendar_id,
                        _draft(form),
                        began_at=form.began_at,
                    )
                return done(_page(calendar_id), _("Saved."))
        except Conflict as conflict:
            problem, form.revision.data = conflict, str(found.revision)
    status = 409 if problem else 200
    return answer(
        "catalog/hours/calendar_form.html",
        "form",
        status=status,
        form=form,
        calendar=found,
        problem=problem,
    )


@bp.post("/services/calendars/<int:calendar_id>/holidays")
@requires("catalog")
def calendar_holidays(calendar_id: int) -> AnyResponse:
    """Add pasted holidays."""
    form = HolidaysForm()
    return posted(
        form,
        lambda act: actions.add_holidays(
            act,
            calendar_id,
            form.holidays.data or "",
        ),
        _page(calendar_id),
        lambda kept: ngettext(
            "%(num)s holiday is kept.", "%(num)s holidays are kept.", kept.count
        ),
        lambda kept: _take_out(calendar_id, kept),
    ) or _show(calendar_id, form)


def _take_out(calendar_id: int, kept: actions.HolidaysKept) -> Undo | None:
    """Return the opposite of adding days; a name that was overwritten is gone."""
    if kept.renamed or not kept.added:
        return None
    out = url_for("catalog.calendar_holidays_remove", calendar_id=calendar_id)
    return Undo(out, {"holidays": "\n".join(map(str, kept.added))})


@bp.post("/services/calendars/<int:calendar_id>/holidays/remove")
@requires("catalog")
def calendar_holidays_remove(calendar_id: int) -> AnyResponse:
    """Make several holidays working days: the opposite of adding them."""
    with acting() as act:
        days = request.form.get("holidays", "")
        count = actions.remove_holidays(act, calendar_id, days)
    told = ngettext("%(num)s day counts again.", "%(num)s days count again.", count)
    return done(_page(calendar_id), told)


@bp.post("/services/calendars/<int:calendar_id>/holidays/<int:holiday_id>/remove")
@requires("catalog")
def calendar_holiday_remove(calendar_id: int, holiday_id: int) -> AnyResponse:
    """Make a holiday a working day."""
    with acting() as act:
        gone = actions.remove_holiday(act, calendar_id, holiday_id)
    again = url_for("catalog.calendar_holidays", calendar_id=calendar_id)
    undo = Undo(again, {"holidays": f"{gone.day} {gone.name}"})
    return done(_page(calendar_id), _("That day counts again."), undo=undo)


@bp.post("/services/calendars/<int:calendar_id>/remove")
@requires("catalog")
def calendar_remove(calendar_id: int) -> AnyResponse:
    """Remove a calendar nobody keeps."""
    with acting() as act:
        actions.remove_calendar(act, calendar_id)
    return done(url_for("catalog.calendars"), _("The calendar is removed."))


def _show(calendar_id: int, form: HolidaysForm) -> Response:
    with parts().database.read() as session:
        found = calendar_page(session, calendar_id)
    return answer("catalog/hours/calendar.html", "body", calendar=found, form=form)


def _draft(form: CalendarForm) -> CalendarDraft:
    values = form.values()
    week = {day: values[day] for day in DAYS}
    return CalendarDraft(values["name"], values["timezone"], week, values["is_office"])


def _page(calendar_id: int) -> str:
    return url_for("catalog.calendar", calendar_id=calendar_id)
