"""Forms of sites, teams and phone numbers."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import SelectMultipleField

from app.core.web.edge import whole_number
from app.core.web.fields import Typed, line, pasted, picked_row, whole, word, words
from app.models.people import DeskType, Serves, TeamKind


class SiteForm(Typed):
    """A place where people work."""

    name = line(_("Name"), must=_("Give a name."), longest=120)
    address = words(_("Address"), rows=2)
    weight = whole(
        _("Business weight, 1–10"),
        _("How much the business there matters; it orders what is otherwise equal."),
    )
    timezone = line(_("Time zone"), _("Like Europe/Berlin."), longest=60)
    language = line(_("Language"), longest=60)


class TeamForm(Typed):
    """A working group."""

    name = line(_("Name"), must=_("Give a name."), longest=120)
    kind = word(_("Ours or a provider's"), TeamKind)
    site_id = picked_row(_("Site"), kind="sites")
    desk = word(_("Does it take calls?"), DeskType)
    serves = word(_("Whom it serves"), Serves)
    members = SelectMultipleField(
        _("Who works in it"),
        choices=[],
        coerce=whole_number,
        validate_choice=False,
        description=_(
            "Operators; their queue “my team” shows what this team has in hand."
        ),
    )


class WeightsForm(Typed):
    """Business weights of many sites at once."""

    text = pasted(
        _("Lines of site and weight"),
        _(
            "One site a line, such as “Bern; 8”. Under a heading “site; turnover” it follows "
            "from turnover."
        ),
    )
    file = FileField(_("Or a CSV file with the same columns"))


class NumberForm(Typed):
    """One more phone number of a person."""

    number = line(
        _("Number"),
        _("Such as +41 31 555 01 12, or an extension."),
        must=_("Type a number."),
        longest=60,
    )
    label = line(_("What it is"), _("Such as mobile, home, workshop."), longest=60)
