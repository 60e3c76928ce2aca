"""Forms of templates."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from app.core.web.fields import Typed, line


class StartForm(Typed):
    """Start an improvement from a template."""

    title = line(_("What do you call it here?"), longest=200)


class TemplateForm(Typed):
    """A template as text."""

    key = line(_("Name in addresses"), _("Small letters with hyphens."), longest=60)
    content = TextAreaField(
        _("Template"),
        id="template-text",
        validators=[InputRequired(_("Write the template.")), Length(max=40_000)],
        description=_(
            "TOML: title, kind, summary; [fields] of an improvement; [[metrics]], [[ladder]], "
            "[[agenda]], [[findings]]."
        ),
        render_kw={"rows": 28, "class": "mono", "spellcheck": "false"},
    )
