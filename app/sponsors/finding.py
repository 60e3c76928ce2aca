"""The pages and deeds of the sponsors room, found from everywhere."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.finding import Deed, Finder, Place

FINDERS: tuple[Finder, ...] = ()
PLACES = (
    Place("sponsors.adoption", _("Adoption"), _("who uses it went back take-up")),
    Place("sponsors.stakeholders", _("Stakeholders"), _("sponsor critics support")),
    Place(
        "sponsors.primers_page", _("Primers"), _("service management explained learn")
    ),
    Place("sponsors.meetings", _("Meetings"), _("kick-off workshop review agenda")),
    Place("sponsors.visits", _("Visits"), _("contact site unit go to people")),
    Place("sponsors.objections", _("Objections"), _("against it critics answers")),
    Place(
        "sponsors.rollouts", _("Roll-outs"), _("launch forecast capacity volunteers")
    ),
    Place(
        "sponsors.pulses", _("Pulses"), _("survey ask people feedback you said we did")
    ),
    Place("sponsors.status", _("Status"), _("manager sponsor phone how it stands")),
    Place(
        "sponsors.status_links_page", _("Links to the status"), _("share no account")
    ),
    Place("sponsors.open_figures", _("Our figures"), _("public statistics")),
    Place("sponsors.team", _("Who we are"), _("team page mission purpose contact")),
    Place("sponsors.value", _("What it is worth"), _("value report thanks figures")),
    Place("sponsors.status_portfolio", _("Portfolio"), _("all improvements paper")),
    Place("sponsors.sponsors_said", _("What sponsors said"), _("answers objections")),
)
DEEDS = (
    Deed("sponsors.visit_new", _("Plan a visit"), "calendar", _("contact site unit")),
    Deed("sponsors.thanks_new", _("Write thanks down"), "award", _("thank you")),
    Deed(
        "sponsors.pulses",
        _("Ask people a few questions"),
        "message-square",
        _("pulse survey"),
    ),
    Deed(
        "sponsors.status_link_new",
        _("Give somebody a link to the status"),
        "link",
        _("share sponsor manager"),
    ),
)
