"""Which pages and deeds of messages are found from everywhere."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.core.finding import Deed, Place

PLACES = (
    Place("messages.channels", _("Channels"), _("mail SMS chat messages")),
    Place("messages.policy", _("Policy on informing"), _("messages rules")),
)
DEEDS = (
    Deed("messages.channel_new", _("New channel"), "radio-tower", _("messages add")),
    Deed("messages.policy_edit", _("Change the policy on informing"), "pencil"),
)
