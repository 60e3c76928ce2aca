"""Forms of objections."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import SelectField

from app.core.web.fields import Typed, chosen_id, line, picked, word
from app.core.web.fields import day as day_of
from app.core.web.fields import words as several_lines
from app.models.sponsors.words import Barrier


class ObjectionForm(Typed):
    """What was said against it, by whom, and when it is taken up again."""

    words = several_lines(
        _("What was said"),
        _("Their exact words, as “you could just send an e-mail”."),
        must=_("Say what was said."),
        rows=2,
    )
    stakeholder_id = chosen_id(_("Who of the stakeholders"))
    who = line(_("Or who else"))
    day = day_of(_("Day"))
    barrier = word(
        _("What is missing first"),
        Barrier,
        _(
            "They do not know why, do not want it, do not know how, cannot, or nothing holds it."
        ),
        none="–",
    )
    follow_up = day_of(_("Taken up again on"), _("Within a week unless said."))
    owner = picked(_("By whom"), kind="owners", loose=True)


class AnswerObjectionForm(Typed):
    """What answers it."""

    record = SelectField(
        _("Answered by"),
        choices=[],
        description=_("What this improvement measured, found and decided."),
    )
    answer = several_lines(
        _("What the answer was"), must=_("Say what the answer was."), rows=2
    )
