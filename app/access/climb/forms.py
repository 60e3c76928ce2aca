"""How many people each rung of a role takes, as it is typed."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from app.access.climb.rules import GateMode
from app.core.web.forms import choices

MODES = {
    GateMode.AS_INSTALLED: _("as the installation says"),
    GateMode.REPORTS: _("report only: somebody decides all the same"),
    GateMode.STOPS: _("stop: no reason leads past a line that is not met"),
}


class RoleLadderForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """The sizes of the rungs, from the ground up."""

    sizes = StringField(
        _("People on each rung"),
        [DataRequired(_("Say how many people each rung takes.")), Length(max=100)],
        description=_(
            "Like 1,1,3,10: a joiner, one who works already, three, ten; then the rest."
        ),
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )
    gate = SelectField(
        _("A line of the gate that is not met"),
        choices=choices((mode.value, text) for mode, text in MODES.items()),
    )
