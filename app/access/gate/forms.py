"""What somebody says who decides about a wave."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length

from app.core.web.forms import choices
from app.models.improvements.words import DecisionKind

KINDS = {
    DecisionKind.SCALE: _("scale: more people"),
    DecisionKind.ADAPT: _("adapt: change it, same size"),
    DecisionKind.HOLD: _("hold: wait for more"),
    DecisionKind.STOP: _("stop, with what was learned"),
    DecisionKind.ROLL_BACK: _("roll back: everybody back"),
    DecisionKind.ADOPT: _("adopt: this is how we work"),
}


class WaveDecisionForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    """What follows from a wave, and why."""

    kind = SelectField(
        _("Decision"),
        choices=choices((one.value, text) for one, text in KINDS.items()),
    )
    reason = TextAreaField(
        _("Why"),
        [
            DataRequired(_("Say why this follows from the wave.")),
            Length(max=2000),
        ],
        description=_(
            "Lines that are not met are kept with the decision as overridden."
        ),
    )
    sure = HiddenField()
