"""The six entries of the rail and the tabs below them: all of it is told here, in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from flask import g, request
from flask_babel import lazy_gettext as _

from app.auth import current_operator
from app.core.parts import parts
from app.incidents.mailbox.queries import LeftView, count_left
from app.insight.today.badge import waiting_number
from app.shell.guard import may


@dataclass(frozen=True, slots=True)
class NavigationTab:
    """One tab of an entry. Where several pages share it, it opens the first that may be opened, and
    ``names`` tells them apart.

    ``pages`` begins the names of what is found here, the longest one wins; ``key`` is the letter
    that leads there after ``g``; ``number`` is shown beside the word when it is not 0.
    """

    label: str
    endpoints: tuple[str, ...]
    pages: tuple[str, ...] = ()
    key: str = ""
    number: Callable[[], int] | None = None
    names: tuple[str, ...] = ()

    @property
    def endpoint(self) -> str:
        """The page it opens, empty when none may be opened."""
        return next((one for one in self.endpoints if may(one)), "")

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The pages that share the tab, as far as they may be opened, each with its name."""
        named = zip(self.endpoints, self.names, strict=False)
        return [(one, name) for one, name in named if may(one)]

    def nearness(self, endpoint: str) -> int:
        """Tell how exactly ``endpoint`` is named here: 0 is not at all."""
        if endpoint in self.endpoints:
            return 1000
        return max(
            (len(one) for one in self.pages if endpoint.startswith(one)), default=0
        )


@dataclass(frozen=True, slots=True)
class NavigationEntry:
    """One entry of the rail: a word, on a phone a shorter one, and its tabs.

    ``main`` ones stay visible on a phone, the others open with “More”. ``number`` is how many
    things wait there, shown when it is not 0; ``stops_changes`` shows the stop for all changes.
    """

    label: str
    icon: str
    tabs: tuple[NavigationTab, ...]
    short: str = ""
    main: bool = True
    number: Callable[[], int] | None = None
    stops_changes: bool = False

    @property
    def open_tabs(self) -> list[NavigationTab]:
        """The tabs this operator may open."""
        return [tab for tab in self.tabs if tab.endpoint]


def _mails_left() -> int:
    if "mails_left" not in g:
        with parts().database.read() as session:
            g.mails_left = count_left(session, LeftView.WAITING)
    number: int = g.mails_left
    return number


TODAY = NavigationEntry(
    _("Today"),
    "house",
    (NavigationTab(_("Today"), ("today.index",), ("today.",), "h"),),
    number=waiting_number,
)
DESK = NavigationEntry(
    _("Desk"),
    "headset",
    (
        NavigationTab(_("Queue"), ("incidents.index",), ("incidents.",), "q"),
        NavigationTab(_("Calls"), ("incidents.calls",), ("incidents.call",), "c"),
        NavigationTab(
            _("Mail"), ("incidents.mail_left",), ("incidents.mail",), number=_mails_left
        ),
        NavigationTab(
            _("Messages"),
            ("incidents.message_log_page",),
            ("incidents.message_log", "messages.message"),
            "m",
        ),
        NavigationTab(_("Statistics"), ("incidents.figures",), key="f"),
        NavigationTab(_("For management"), ("incidents.management",)),
        NavigationTab(_("Basics"), ("incidents.basics",), ("incidents.basics",)),
    ),
)
IMPROVEMENTS = NavigationEntry(
    _("Improvements"),
    "trending-up",
    (
        NavigationTab(_("Board"), ("improvements.index",), ("improvements.",), "b"),
        NavigationTab(
            _("List"), ("improvements.register",), ("improvements.register",)
        ),
        NavigationTab(
            _("Complaints"), ("improvements.complaints",), ("improvements.complaint",)
        ),
        NavigationTab(_("Pulses"), ("sponsors.pulses",), ("sponsors.pulse",)),
        NavigationTab(
            _("Progress"),
            ("improvements.progress", "sponsors.adoption"),
            ("sponsors.adoption",),
            names=(_("Forecast"), _("Adoption")),
        ),
        NavigationTab(
            _("Status"),
            ("sponsors.status", "sponsors.primers_page"),
            ("sponsors.",),
            names=(_("Status"), _("Primers")),
        ),
        NavigationTab(
            _("Stakeholders"),
            ("sponsors.stakeholders",),
            (
                "sponsors.stakeholder",
                "sponsors.objection",
                "sponsors.meeting",
                "sponsors.gains",
                "sponsors.visit",
            ),
        ),
        NavigationTab(_("Roll-outs"), ("sponsors.rollouts",), ("sponsors.rollout",)),
        NavigationTab(_("Metrics"), ("improvements.all_metrics",)),
        NavigationTab(_("Predictions"), ("improvements.predictions",)),
        NavigationTab(
            _("Templates"), ("improvements.templates",), ("improvements.template",)
        ),
    ),
    short=_("Improve"),
)
ACCESS = NavigationEntry(
    _("Access"),
    "layers",
    (
        NavigationTab(
            _("Overview"), ("insight.report",), ("insight.", "programme."), "v"
        ),
        NavigationTab(
            _("People"),
            ("people.index",),
            ("people.", "access.person", "directory.person"),
            "p",
        ),
        NavigationTab(_("Turnover"), ("access.turnover",), ("access.turnover",)),
        NavigationTab(_("Roles"), ("access.roles",), ("access.",), "r"),
        NavigationTab(
            _("Waves"), ("access.waves",), ("access.wave", "access.drift"), "w"
        ),
        NavigationTab(_("Exceptions"), ("access.exceptions",), ("access.exception",)),
        NavigationTab(_("Rights"), ("directory.rights",), ("directory.right",), "i"),
    ),
    stops_changes=True,
)
SERVICES = NavigationEntry(
    _("Services"),
    "package",
    (
        NavigationTab(_("Catalogue"), ("catalog.index",), ("catalog.",), "s"),
        NavigationTab(_("Who answers"), ("catalog.duties",)),
        NavigationTab(
            _("Knowledge"),
            ("knowledge.index",),
            ("knowledge.", "incidents.article_figures"),
            "k",
        ),
        NavigationTab(
            _("Public page"), ("catalog.public_catalogue",), ("knowledge.open",)
        ),
    ),
    main=False,
)
SETTINGS = NavigationEntry(
    _("Settings"),
    "settings",
    (
        NavigationTab(_("Directory"), ("directory.index",), ("directory.",), "d"),
        NavigationTab(_("Operators"), ("auth.operators",), ("auth.operator",), "o"),
        NavigationTab(
            _("Sites and teams"),
            ("people.places",),
            ("people.place", "people.site", "people.team"),
            "l",
        ),
        NavigationTab(
            _("Channels and policy"),
            ("messages.policy", "messages.channels"),
            ("messages.",),
            names=(_("Policy"), _("Channels")),
        ),
        NavigationTab(_("Priorities"), ("catalog.matrix",), ("catalog.matrix",)),
        NavigationTab(
            _("Business hours"), ("catalog.calendars",), ("catalog.calendar",)
        ),
        NavigationTab(_("Scripts"), ("catalog.scripts",), ("catalog.script",)),
        NavigationTab(_("Desk numbers"), ("incidents.settings",)),
        NavigationTab(
            _("Import"),
            (
                "incidents.import_incidents",
                "catalog.services_import",
                "improvements.register_import",
            ),
            ("incidents.import",),
            names=(_("Incidents"), _("Services"), _("Improvements")),
        ),
        NavigationTab(_("Audit"), ("audit.index",), ("audit.", "upkeep."), "a"),
        NavigationTab(_("Evidence"), ("evidence.index",), ("evidence.",)),
    ),
    main=False,
)
ACCOUNT = "auth.account"
ENTRIES = (TODAY, DESK, IMPROVEMENTS, ACCESS, SERVICES, SETTINGS)


def entries() -> list[NavigationEntry]:
    """Return the entries of which this operator may open anything; what everybody may see does not
    count.
    """
    return [entry for entry in ENTRIES if any(_permitted(entry))]


def _permitted(entry: NavigationEntry) -> Iterator[NavigationTab]:
    everybodys = "catalog.public_catalogue"
    return (tab for tab in entry.open_tabs if tab.endpoint != everybodys)


def current_tab() -> NavigationTab | None:
    """Return the tab under which the open page is found."""
    return _tab_of(request.endpoint or "")


def current_entry() -> NavigationEntry | None:
    """Return the entry under which the open page is found."""
    tab = current_tab()
    return next((entry for entry in ENTRIES if tab in entry.tabs), None)


def place() -> str:
    """Return what the rail and the tabs show of where one is: a page they lead to, else its
    tab.
    """
    tab, here = current_tab(), request.endpoint or ""
    if here == ACCOUNT or (tab and here in tab.endpoints):
        return here
    return f"below {tab.endpoints[0]}" if tab else ""


def numbers() -> tuple[int, ...]:
    """Return the numbers that stand in the rail and the open tabs."""
    entry = current_entry()
    tabs = entry.tabs if entry and current_operator() else ()
    shown = [one.number for one in ENTRIES if one.number and one.open_tabs]
    shown += [one.number for one in tabs if one.number and one.endpoint]
    return tuple(number() for number in shown)


@cache
def _tab_of(endpoint: str) -> NavigationTab | None:
    tabs = [tab for entry in ENTRIES for tab in entry.tabs]
    best = max(tabs, key=lambda tab: tab.nearness(endpoint))
    return best if best.nearness(endpoint) else None
