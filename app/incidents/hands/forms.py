"""Forms of hand-overs and work orders."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField

from app.core.web.fields import Typed, line, picked_row, words
from app.incidents.deeds import moment
from app.incidents.hands.actions import HandOver


class HandOverForm(Typed):
    """To whom and why."""

    team_id = picked_row(_("To"), kind="teams")
    reason = words(
        _("Reason"), _("What was checked, what was found, and why that team."), rows=4
    )
    unknown = BooleanField(_("Nobody knows the facts left empty"))
    tone_seen = HiddenField()

    def told(self, facts: Mapping[int, str]) -> HandOver:
        """Return what was told, with the answers to what the service asks for."""
        return HandOver(
            self.team_id.data, self.reason.data or "", facts, self.unknown.data
        )


class SendBackForm(Typed):
    """Which fact is missing."""

    fact = line(
        _("Which fact is missing?"),
        _("Like “Device number” or “Error text”."),
        longest=120,
    )
    ask_always = BooleanField(_("The service asks for it at intake from now on"))


class OrderForm(Typed):
    """Work of another team."""

    team_id = picked_row(_("From which team"), kind="teams")
    what = words(_("What is to be done"), rows=3)
    due_at = moment(_("Until when"))


class AnswerOrderForm(Typed):
    """Why not."""

    answer = words(_("Reason"), _("It goes to management with your name."), rows=3)
