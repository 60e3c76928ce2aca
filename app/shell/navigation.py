"""The links of the rail: those that exist and that the operator may use."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request
from flask_babel import lazy_gettext as _

from app.shell.guard import may


@dataclass(frozen=True, slots=True)
class NavigationLink:
    """One link of the rail. ``main`` ones stay visible on a phone, the others open with “More”.

    ``key`` is the letter that leads there after ``g``; ``also`` names other pages or rooms found
    here.
    """

    endpoint: str
    label: str
    icon: str
    key: str
    main: bool = True
    also: tuple[str, ...] = ()

    def leads_to(self, endpoint: str) -> bool:
        """Tell whether ``endpoint`` is this list or one thing of it: ``access.wave_show`` is of
        ``access.waves``.
        """
        ones = (self.endpoint.removesuffix("s"), *self.also)
        return endpoint == self.endpoint or any(
            endpoint == one or endpoint.startswith((f"{one}_", f"{one}."))
            for one in ones
        )

    def is_home_of(self, endpoint: str) -> bool:
        """Tell whether this is the first page of the room that ``endpoint`` belongs to."""
        return self.endpoint.endswith(".index") and endpoint.startswith(
            self.endpoint.removesuffix("index")
        )


LINKS = (
    NavigationLink("insight.start", _("Start"), "house", "h"),
    NavigationLink(
        "incidents.index", _("Desk"), "headset", "q", also=("incidents.incident",)
    ),
    NavigationLink("improvements.index", _("Improvements"), "trending-up", "b"),
    NavigationLink("access.roles", _("Roles"), "layers", "r"),
    NavigationLink("access.waves", _("Waves"), "waves", "w"),
    NavigationLink(
        "people.index",
        _("People"),
        "users",
        "p",
        main=False,
        also=("access.person", "directory.person"),
    ),
    NavigationLink("people.places", _("Sites and teams"), "map-pin", "l", main=False),
    NavigationLink("catalog.index", _("Services"), "package", "s", main=False),
    NavigationLink("knowledge.index", _("Knowledge"), "book-open", "k", main=False),
    NavigationLink(
        "incidents.message_log_page",
        _("Messages"),
        "megaphone",
        "m",
        main=False,
        also=("messages",),
    ),
    NavigationLink("directory.rights", _("Rights"), "key-round", "i", main=False),
    NavigationLink("directory.index", _("Directory"), "server", "d", main=False),
    NavigationLink("audit.index", _("Audit"), "scroll-text", "a", main=False),
    NavigationLink("auth.operators", _("Operators"), "user-cog", "o", main=False),
)


def links() -> list[NavigationLink]:
    """Return the links this operator sees."""
    return [link for link in LINKS if may(link.endpoint)]


def current_link() -> NavigationLink | None:
    """Return the link under which the open page is found."""
    here = request.endpoint or ""
    exact = (link for link in LINKS if link.leads_to(here))
    return next(exact, None) or next(
        (link for link in LINKS if link.is_home_of(here)), None
    )
