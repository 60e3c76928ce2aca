"""Forms of channels and of the policy."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import BooleanField

from app.core.web.fields import Typed, line, whole, word, words
from app.messages.rules.policy import PRIORITIES
from app.models.messages import ChannelKind


class ChannelForm(Typed):
    """A way to reach people."""

    name = line(_("Name"), must=_("Give the channel a name."), longest=60)
    kind = word(_("How it travels"), ChannelKind, default=ChannelKind.MAIL)
    url = line(
        _("Address, or where it is kept"),
        _(
            "Addresses are those of apprise, such as "
            "mailto://mail.example?from=desk@example.com&to={address}. "
            "{address} stands for the recipient’s; without it the channel reaches one room or "
            "list. "
            "What holds a password or a token stays in a file or variable: write file:NAME or "
            "env:NAME."
        ),
        longest=2000,
        autocomplete="off",
        spellcheck="false",
    )
    enabled = BooleanField(_("In use"), default=True)


class TryForm(Typed):
    """Where a test goes."""

    address = line(
        _("Your mail address or number"), _("Only you get this test."), longest=254
    )


def policy_form() -> type[Typed]:
    """Return the form of the policy: four fields for each priority, and the two texts."""
    fields = {}
    for priority in PRIORITIES:
        fields[f"first_{priority}"] = whole(_("First within"))
        fields[f"every_{priority}"] = whole(_("Then every"))
        fields[f"who_{priority}"] = line(_("Who informs"), longest=120)
        fields[f"channels_{priority}"] = line(_("Channels"), longest=200)
    return type("PolicyForm", (_PolicyBase,), fields)


class _PolicyBase(Typed):
    """The parts of the policy that do not depend on the priority."""

    mass_first = whole(
        _("Mass incident: first message within (minutes)"),
        _("Whatever its priority is."),
    )
    owner_after = whole(
        _("Minutes late until the service owner is reminded"),
        _("The team that fixes is reminded at once."),
    )
    management_after = whole(_("Minutes late until management is told"))
    first_line = words(
        _("What the first line does"), must=_("Say what the first line does.")
    )
    second_line = words(
        _("What the second line does"), must=_("Say what the second line does.")
    )
    text = words(_("Anything else that was agreed"))
