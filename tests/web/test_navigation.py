"""Six entries and their tabs: each page has its place, and nobody is led where they may not go."""

import pytest
from flask import Flask

from app.auth import EVERYONE, permission_of
from app.shell.navigation import ENTRIES, NavigationTab
from tests.pages import Pages

# They stand beside the work: one's own account, search, help, files of the browser,
# programs.
WITHOUT_A_PLACE = (
    "auth.account",
    "find.",
    "help.",
    "assets.",
    "health.",
    "interface.",
    "incidents.api_",
    "improvements.api_",
    "access.api_",
)


def tab_of(endpoint: str) -> NavigationTab | None:
    tabs = [tab for entry in ENTRIES for tab in entry.tabs]
    best = max(tabs, key=lambda tab: tab.nearness(endpoint))
    return best if best.nearness(endpoint) else None


def lit(pages: Pages, url: str) -> tuple[list[str], list[str]]:
    """Return the entries and the tabs that are lit on a page."""
    root = pages.get(url).root
    entries = root.one("nav", aria_label="Main").all("a")
    tabs = [link for nav in root.all("nav", class_="tabs") for link in nav.all("a")]
    return (
        [link.text for link in entries if "aria-current" in link.attrs],
        [link.text for link in tabs if "aria-current" in link.attrs],
    )


def test_every_page_has_its_place_under_an_entry(app: Flask) -> None:
    lost = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and rule.endpoint != "static"
        and permission_of(app.view_functions[rule.endpoint]) != EVERYONE
        and not rule.endpoint.startswith(WITHOUT_A_PLACE)
        and tab_of(rule.endpoint) is None
    ]
    assert lost == []


@pytest.mark.parametrize(
    ("url", "entry", "tab"),
    [
        ("/desk", "Desk", ["Queue", "All open"]),
        ("/desk/new", "Desk", ["Queue"]),
        ("/messages/log", "Desk", ["Messages"]),
        ("/desk/figures", "Desk", ["Statistics"]),
        ("/improvements/list", "Improvements", ["List"]),
        ("/complaints/new", "Improvements", ["Complaints"]),
        ("/people", "Access", ["People"]),
        ("/roles/new", "Access", ["Roles"]),
        ("/rights", "Access", ["Rights"]),
        ("/services/duties", "Services", ["Who answers"]),
        ("/knowledge/new", "Services", ["Knowledge"]),
        ("/places", "Settings", ["Sites and teams"]),
        ("/sites/new", "Settings", ["Sites and teams"]),
        ("/teams/new", "Settings", ["Sites and teams"]),
        ("/services/matrix", "Settings", ["Priorities"]),
        ("/desk/settings", "Settings", ["Desk numbers"]),
        ("/messages/channels", "Settings", ["Channels and policy", "Channels"]),
        ("/services/import", "Settings", ["Import", "Services"]),
        ("/audit", "Settings", ["Audit"]),
    ],
)
def test_a_page_lights_its_entry_and_its_tab(
    app: Flask, url: str, entry: str, tab: list[str]
) -> None:
    entries, tabs = lit(Pages(app).as_operator("anna"), url)
    assert [one.removesuffix(" Improve") for one in entries] == [entry]
    assert tabs == tab


@pytest.mark.parametrize(
    ("permission", "words", "first"),
    [
        ("operators", ["Today", "Settings"], ["/", "/operators"]),
        ("policy", ["Today", "Settings"], ["/", "/messages/channels"]),
        ("directory", ["Today"], ["/"]),
    ],
)
def test_an_entry_leads_to_the_first_page_one_may_open_and_is_absent_without_any(
    app: Flask, permission: str, words: list[str], first: list[str]
) -> None:
    root = (
        Pages(app).as_operator("anna", permissions=(permission,)).get("/account").root
    )
    lists = root.one("nav", aria_label="Main").all("ul")
    links = [link for one in lists for link in one.all("a")]
    assert [link.text for link in links] == words
    assert [link.attrs["href"] for link in links] == first


def test_the_stop_for_all_changes_stands_in_access_and_asks_once(app: Flask) -> None:
    pages = Pages(app).as_operator("anna")
    assert "Freeze all changes" not in pages.get("/desk").text
    root = pages.get("/waves").root
    question = root.one("div", id="freeze")
    assert "Nothing is written to the directory" in question.text
    assert question.one("form").attrs["action"] == "/directory/freeze"
    pages.post("/directory/freeze", {"reason": "audit"})
    assert not pages.get("/waves").root.all("div", id="freeze")


def test_the_keys_lead_to_pages_of_every_entry_and_are_told(app: Flask) -> None:
    keys = Pages(app).as_operator("anna").get("/account").root.one("div", id="keys")
    goes = {
        link.attrs["data-go"]: link.attrs["href"]
        for link in keys.all("a")
        if "data-go" in link.attrs
    }
    assert goes["h"] == "/" and goes["q"] == "/desk" and goes["r"] == "/roles"
    assert (
        goes["l"] == "/places" and goes["a"] == "/audit" and goes["k"] == "/knowledge"
    )
    assert len(goes) == len(ENTRIES) + 11


def test_the_sign_in_page_says_what_this_is_and_in_the_demo_who_may_sign_in(
    app: Flask, tmp_path
) -> None:
    pages = Pages(app)
    assert "change IT one rung at a time" in pages.get("/sign-in").content
    assert "demo" not in pages.get("/sign-in").content
    folder = pages.parts.settings.home / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sign-in.txt").write_text("admin secret1\napprover secret2\n")
    content = pages.get("/sign-in").content
    assert "Sign in as admin or approver" in content and "secret" not in content
