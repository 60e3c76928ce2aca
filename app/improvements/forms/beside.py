"""Forms of findings, notes, costs and benefits."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import Typed, chosen_id, day, line, number, word, words, yes_no
from app.models.improvements.words import (
    FindingKind,
    FindingSource,
    ForWhom,
    ImprovementNoteKind,
    Per,
    Side,
)


class FindingForm(Typed):
    """Something that came up."""

    title = line(_("What was found"), must=_("Say in a few words what was found."), longest=200)
    kind = word(
        _("How much it matters"),
        FindingKind,
        _(
            "“stop” closes the gate for good, “fix before scaling” until it is verified or "
            "the risk accepted."
        ),
    )
    text = words(_("More about it"))
    source = word(_("Where it came from"), FindingSource)
    for_whom = word(_("Whom it helps"), ForWhom)
    participation_id = chosen_id(_("Whom it happened to"))


class FindingChangeForm(Typed):
    """A finding described better, or weighed differently."""

    title = line(_("What was found"), must=_("Say in a few words what was found."), longest=200)
    kind = word(_("How much it matters"), FindingKind)
    text = words(_("More about it"))
    fix = words(_("How it is fixed"), rows=2)
    reason = line(_("Why it matters less now"), _("Needed when the weight becomes lighter."))


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
    who = line(_("Who, or for whom"), _("The audience, stakeholder, volunteer or practice."))
    text = words(_("What there is to say"))
    url = line(_("Address"), _("Of a page, a file share or a recording."), longest=1000)
    happened_on = day(_("On which day"))
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
