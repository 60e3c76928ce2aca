"""Forms of an improvement: raised, its parts changed."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import (
    Typed,
    day,
    line,
    number,
    picked,
    picked_row,
    whole,
    word,
    words,
    yes_no,
)
from app.models.improvements.words import (
    Funding,
    HeldBack,
    ImprovementKind,
    ImprovementSize,
    ImprovementSource,
)


class RaiseForm(Typed):
    """Raise an improvement: the title is enough."""

    title = line(
        _("What should be better?"),
        _("One sentence is enough; everything else can follow."),
        must=_("Say in one sentence what should be better."),
        longest=200,
        autocomplete="off",
        autofocus=True,
    )


class StandingForm(Typed):
    """What it is called, whose it is, where it came from, how it ranks."""

    title = line(_("Title"), must=_("Give it a title."), longest=200)
    kind = word(_("What it changes"), ImprovementKind)
    parent_id = picked_row(
        _("Part of"),
        _(
            "A larger improvement it stands under; it then folds under that one on the board."
        ),
        kind="larger",
    )
    service = line(
        _("Service"),
        _(
            "The service it makes better; any of the catalogue, IT or not, or another name."
        ),
        list="service-names",
    )
    owner = picked(
        _("Owner"),
        _("Exactly one: an operator or a person of the directory."),
        kind="owners",
        loose=True,
    )
    sponsor = picked(
        _("Sponsor"),
        _("Who wants it and can say yes to money and people."),
        kind="owners",
        loose=True,
    )
    source = word(_("Where it came from"), ImprovementSource)
    source_text = words(_("In their words"), _("What was said, as it was said."))
    source_who = picked(_("Who said it"), kind="names", loose=True)
    size = word(_("Size at a glance"), ImprovementSize, none=_("not said"))
    required_by = day(_("Required by"))
    value = whole(_("Value, 1–10"), _("What it is worth to those it is for."))
    urgency = whole(_("Urgency, 1–10"), _("How much waiting costs."))
    risk = whole(
        _("Risk reduced, 1–10"),
        _("Which risk it takes away, or which chance it opens."),
    )
    job_size = whole(
        _("Effort, 1–10"),
        _("What comes first is (value + urgency + risk) divided by this."),
    )


class VisionForm(Typed):
    """Step 1: what is the vision?"""

    vision = words(
        _("Vision"),
        _(
            "What will be better, and for whom? Write it so that those people would nod."
        ),
    )
    objective = words(
        _("Business objective it serves"),
        _("Which aim of the business does it bring closer?"),
    )
    audience = words(
        _("Who it is for"), _("Name the people or groups, also the internal ones.")
    )
    eligible = whole(_("How many people it is for in the end"))


class NowForm(Typed):
    """Step 2: where are we now?"""

    where_now = words(
        _("How it is today"),
        _(
            "What happens, how often, what it costs. Figures belong to the metrics below."
        ),
    )
    nothing_cost = words(
        _("What doing nothing costs"),
        _("If the problem is left alone: hours, money, trust."),
    )
    nothing_risk = words(_("What doing nothing risks"))
    held_back = word(
        _("What kept it from being started"),
        HeldBack,
        _("Counted under Progress: what a small rung takes away is cost and risk."),
        none=_("not said"),
    )
    desk_involved = yes_no(
        _("Is the service desk involved?"),
        _("Ask at the start; “no” is an answer."),
        unknown=_("not asked yet"),
    )
    desk_note = words(_("What the desk says"))


class GoalForm(Typed):
    """Step 3: where do we want to be?"""

    where_to = words(
        _("The target state"),
        _(
            "A picture of how a good day looks. The figure to reach is the target of the "
            "primary metric."
        ),
    )
    confidence = whole(
        _("How sure are you, in per cent"),
        _("Leave it empty while nobody knows; a guess is worse than a gap."),
    )
    expected_return = words(
        _("Expected return"), _("Leave it empty while nobody knows.")
    )
    saving_unit = line(
        _("What is saved per person, in which unit"),
        _(
            "Like “minutes a week”. What participants save is carried over to everybody."
        ),
    )
    saving_assumptions = words(
        _("Assumptions behind carrying it over"),
        _("One per line; they are printed beside the sum."),
    )


class WayForm(Typed):
    """Step 4: how do we get there?"""

    how = words(
        _("The way"),
        _("The smallest rung first: one person, one change, one prediction."),
    )
    existing_tool = line(
        _("Existing tool that could do it"),
        _("What is in use already, even if not yet for this."),
    )
    reuses_tool = yes_no(
        _("Is the existing tool used first?"), unknown=_("not looked at yet")
    )
    later_candidate = line(
        _("Later candidate"), _("The more expensive way, kept as an option for later.")
    )
    tool_limit = words(_("Known limit of the tool"))
    channel_fit = words(_("Which kinds of requests suit it"), _("And which do not."))
    budget_hours = number(_("Time budget of the two people, in hours"))
    undo_capacity = whole(
        _("How many people undo can bring back in time"),
        _("Rungs never grow beyond it without a written reason."),
    )
    funding = word(_("Funding"), Funding)
    funding_note = words(_("About the funding"))
    success_needs = words(
        _("What success will need"),
        _("People, time, decisions; printed in the business case."),
    )


class MomentumForm(Typed):
    """Step 7: how do we keep the momentum?"""

    momentum = words(
        _("How it stays"), _("Who watches it, what would make you open it again.")
    )
    forecast_shown_on = day(_("Forecast shown to the sponsor on"))
    everyone_has_it_on = day(
        _("Everybody it is for has it since"),
        _("Confirmed, internal people too; needed before it counts as embedded."),
    )


PARTS: dict[str, tuple[type[Typed], object]] = {
    "standing": (StandingForm, _("Name, owner, rank")),
    "vision": (VisionForm, _("What is the vision?")),
    "now": (NowForm, _("Where are we now?")),
    "goal": (GoalForm, _("Where do we want to be?")),
    "way": (WayForm, _("How do we get there?")),
    "momentum": (MomentumForm, _("How do we keep the momentum?")),
}
"""The parts of the page that can be changed, each a small form of its own."""
