"""Forms of notes, costs and benefits."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import Typed, day, line, number, word, words, yes_no
from app.models.improvements.words import ImprovementNoteKind, Per, Side


class ImprovementNoteForm(Typed):
    """A line beside an improvement."""

    kind = word(
        _("What it is about"),
        ImprovementNoteKind,
        _(
            "learn and unlearn: what you know now, what you thought wrongly. picture: a good "
            "day, for one audience. "
            "practice: adopted, or skipped with a reason."
        ),
    )
    who = line(
        _("Who, or for whom"), _("The audience, stakeholder, volunteer or practice.")
    )
    text = words(_("What there is to say"))
    url = line(_("Address"), _("Of a page, a file share or a recording."), longest=1000)
    happened_on = day(
        _("On which day"), _("With a day it also stands on the charts, on that day.")
    )
    answer = yes_no(
        _("Is it so?"),
        _("Does the stakeholder see the success? Is the practice adopted?"),
        unknown=_("not known or not asked"),
    )


class CostForm(Typed):
    """A cost, a benefit, a dis-benefit, or the price of doing nothing."""

    side = word(_("Side"), Side)
    what = line(_("What it is"), must=_("Say what it is."))
    planned = number(_("Planned"))
    actual = number(_("Actual"), _("Once it is known."))
    unit = line(_("Unit"), _("Like EUR or hours."), longest=40)
    per = word(_("How often"), Per)
    for_whom = line(_("For whom"))
    assumption = words(_("Assumption behind the figure"), rows=2)
