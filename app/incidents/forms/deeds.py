"""Forms of what is done to an incident."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, RadioField, SelectField

from app.core.web.fields import Typed, chosen_id, line, whole, word, words
from app.core.web.forms import choices
from app.incidents.forms.moment import moment
from app.models.incidents.words import WaitingOn


class StepForm(Typed):
    """What was tried."""

    text = words(_("What was tried"), rows=2)
    level = RadioField(
        _("By"),
        choices=choices(
            [("1", _("1st level")), ("2", _("2nd level")), ("3", _("3rd level or provider"))]
        ),
        coerce=int,
        default=1,
    )


class NoteForm(Typed):
    """A note, or an answer the requester reads too."""

    text = words(_("Note or answer"), rows=3)
    public = BooleanField(_("The requester may read it"))


class HandOverForm(Typed):
    """To whom and why."""

    team_id = chosen_id(_("To"))
    reason = words(_("Reason"), _("What was checked, what was found, and why that team."), rows=4)
    unknown = BooleanField(_("Nobody knows the facts left empty"))
    tone_seen = HiddenField()


class SendBackForm(Typed):
    """Which fact is missing."""

    fact = line(
        _("Which fact is missing?"), _("Like “Device number” or “Error text”."), longest=120
    )
    ask_always = BooleanField(_("The service asks for it at intake from now on"))


class ReasonForm(Typed):
    """A reason."""

    reason = words(_("Reason"), rows=3)


class AssignForm(Typed):
    """Who works on it."""

    agent = SelectField(_("Who works on it"), choices=[], validate_choice=False)


class WaitForm(Typed):
    """For whom or what it waits."""

    on = word(_("Whose turn is it?"), WaitingOn)
    why = words(_("What it waits for"), rows=2)
    until = moment(_("Until"), _("Then it is looked at again."))


class RestoreForm(Typed):
    """It works again."""

    what = words(_("What restored it"), _("The next one who meets this reads it."), rows=3)
    at = moment(_("Since when it works"), _("Left empty: now."))
    cause = words(
        _("Cause, if it is known"), _("It may stay empty; restoring comes first."), rows=2
    )


class MergeForm(Typed):
    """The same as which one."""

    into_id = whole(_("Number of the other incident"))


class ServiceForm(Typed):
    """Which service it really is."""

    service_id = chosen_id(_("Service"))
    reason = words(_("How do you know?"), rows=2)


class OrderForm(Typed):
    """Work of another team."""

    team_id = chosen_id(_("From which team"))
    what = words(_("What is to be done"), rows=3)
    due_at = moment(_("Until when"))


class AnswerOrderForm(Typed):
    """Why not."""

    answer = words(_("Reason"), _("It goes to management with your name."), rows=3)


class ProblemForm(Typed):
    """The cause to be removed."""

    text = words(_("What may be the cause"), rows=3)
    workaround = words(_("What helps until then"), rows=2)
