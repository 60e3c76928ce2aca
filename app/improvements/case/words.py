"""What the records are called that the sentences of a business case lead to."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

RECORDS = {
    "improvement": _("improvement"),
    "iteration": _("rung"),
    "participation": _("person"),
    "finding": _("finding"),
    "metric": _("metric"),
    "measurement": _("value"),
    "note": _("note"),
    "cost": _("cost or benefit"),
    "check-in": _("check-in"),
    "decision": _("decision"),
    "complaint": _("complaint"),
    "ask": _("request"),
}
"""What each kind of record is called."""
