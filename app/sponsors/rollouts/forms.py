"""Forms of roll-outs."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import (
    Typed,
    chosen_id,
    line,
    number,
    picked,
    picked_row,
    whole,
    word,
)
from app.core.web.fields import day as day_of
from app.core.web.fields import words as several_lines
from app.models.sponsors.words import RolloutItemKind


class RolloutForm(Typed):
    """What is brought to whom, and when."""

    title = line(_("What is rolled out"), must=_("Say what it is."))
    starts_on = day_of(_("Users have it from"))
    users = whole(_("How many users get it"))
    weeks = whole(_("Weeks the calls are watched"))
    analogue_id = chosen_id(
        _("It is like"), _("A closed roll-out; what came then is a forecast, too.")
    )
    seed = whole(
        _("Seed of the simulation"), _("The same seed gives the same bands again.")
    )


class SeatForm(Typed):
    """Who of the desk sits at the table, and how they were prepared."""

    desk_member = picked(_("Who of the desk"), kind="owners", loose=True)
    trained_on = day_of(_("Trained on"))
    hands_on = day_of(_("Had it in hand on"))
    known_errors = several_lines(_("Known errors"), rows=2)


class ExpectedCallsForm(Typed):
    """One type of call that is expected."""

    kind = line(_("Type of call"), must=_("Say which calls."))
    service_id = picked_row(
        _("Service"), _("Calls to it are counted."), kind="services"
    )
    users = whole(_("Users"))
    rate = number(_("Calls per user in the first week"))
    decay = number(_("Per cent fewer each week"))
    minutes = whole(_("Minutes per call"))


class RolloutHoursForm(Typed):
    """Hours that are there, and what is decided where they are short."""

    hours_there = number(_("Hours a week there are for it"))
    staffing = several_lines(
        _("What is decided where it is short"),
        _("Hire, borrow, train others, go slower."),
        rows=2,
    )


class RolloutItemForm(Typed):
    """What has to be there, by whom and until when."""

    kind = word(_("What it is"), RolloutItemKind)
    text = line(_("What"), must=_("Say what."))
    who = picked(_("Who"), kind="owners", loose=True, must=_("Name who."))
    due = day_of(_("Until"))


class ArticleDoneForm(Typed):
    """Which article it became."""

    article_id = picked_row(_("The article"), kind="articles")


class CloseRolloutForm(Typed):
    """How many have it, and why not all."""

    has_it = whole(_("How many have it"))
    reason = several_lines(_("Why not all"), rows=2)
