"""Forms of findings."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import Typed, chosen_id, line, word, words
from app.models.improvements.words import FindingKind, FindingSource, ForWhom


class FindingForm(Typed):
    """Something that came up."""

    title = line(
        _("What was found"), must=_("Say in a few words what was found."), longest=200
    )
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

    title = line(
        _("What was found"), must=_("Say in a few words what was found."), longest=200
    )
    kind = word(_("How much it matters"), FindingKind)
    text = words(_("More about it"))
    fix = words(_("How it is fixed"), rows=2)
    reason = line(
        _("Why it matters less now"), _("Needed when the weight becomes lighter.")
    )
