"""Forms of articles."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import Typed, line, picked_row, word, words
from app.models.knowledge import ArticleState, Audience


class ArticleForm(Typed):
    """An article: the issue as requesters say it, and what helps."""

    title = line(
        _("Title"),
        _("What somebody would type to find it."),
        must=_("Give the article a title."),
        longest=200,
    )
    issue = words(_("What is wrong"), _("In the words of those who report it."), rows=4)
    environment = words(_("Where it happens"), _("Product, version, place."), rows=2)
    resolution = words(
        _("What helps"),
        _("One step a line; a line with “1.” or “-” in front becomes a list."),
        rows=6,
    )
    cause = words(_("Why it happens"), _("If it is known."), rows=2)
    service_id = picked_row(_("Service"), kind="services")
    audience = word(
        _("Who may read it"),
        Audience,
        _("Public articles appear once they are validated."),
    )


class StateForm(Typed):
    """How far an article is trusted."""

    state = word(_("State"), ArticleState)


class FlagForm(Typed):
    """What is wrong with an article."""

    text = words(
        _("What is wrong with it?"), must=_("Say what is wrong with it."), rows=2
    )
