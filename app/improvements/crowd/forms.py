"""Forms of many people at once."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.web.fields import Typed, line, picked, picked_lines, picked_row
from app.improvements.crowd.actions import CrowdAsked
from app.improvements.crowd.queries import CrowdSource
from app.improvements.crowd.rules import lines_of


class AskManyForm(Typed):
    """Whom to ask, by where they work, by team, by group and by name; and who is left out."""

    site = picked(
        _("Everybody at this site"),
        _("As the directory calls it."),
        kind="workplaces",
    )
    department = picked(_("In this department"), kind="departments")
    team_id = picked_row(_("Of this team of yours"), kind="teams")
    right_id = picked_row(_("In this group of the directory"), kind="rights")
    names = picked_lines(
        _("And these people"),
        _("One name a line; paste as many as you like."),
        kind="owners",
    )
    but = picked_lines(_("Everybody except"), _("One name a line."), kind="owners")
    technique = line(
        _("What moved them"),
        _("A talk, a demo, a mail, a colleague: so that you learn what works."),
    )

    @property
    def wanted(self) -> CrowdAsked:
        """Return whom the form means."""
        source = CrowdSource(
            self.site.data or "",
            self.department.data or "",
            self.team_id.data,
            self.right_id.data,
        )
        return CrowdAsked(
            source,
            lines_of(self.names.data),
            lines_of(self.but.data),
            self.technique.data or "",
        )
