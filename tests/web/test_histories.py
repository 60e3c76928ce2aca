"""The history on every page, and as a file, tells its reader no more than the audit page would."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from app import create_app
from app.auth.rules import NAMES
from app.core import audit
from app.core.parts import DEMO, KEY
from app.core.settings import PROJECT, Settings
from app.core.trail import NEEDED, needed
from app.knowledge.actions import add
from app.upkeep.stories.company import seed
from tests.acting import acting
from tests.conftest import Clock, shut
from tests.databases import Shelf
from tests.pages import Pages


@dataclass(frozen=True)
class Place:
    """Where a history is read: whose it is, and what opening it needs."""

    subject: str
    address: str
    template: str
    opened_by: str = "read"


PLACES = (
    Place("service:1", "/services/1/history", "catalog/sheet/history.html"),
    Place(
        "improvement:1", "/improvements/1/history", "improvements/history/history.html"
    ),
    Place("person:1", "/people/1", "access/person/person.html"),
    Place("exception:1", "/exceptions/1", "access/exceptions/exception.html"),
    Place("article:1", "/knowledge/1", "knowledge/article.html", "desk"),
    *(
        Place(subject, f"/audit?subject={subject}", "audit/index.html")
        for subject in (
            "service:1",
            "improvement:1",
            "person:1",
            "article:1",
            "wave:1",
            "incident:1",
            "operator:1",
        )
    ),
    *(
        Place(subject, f"/audit/export?subject={subject}", "")
        for subject in (
            "service:1",
            "improvement:1",
            "person:1",
            "article:1",
            "wave:1",
            "incident:1",
            "operator:1",
        )
    ),
)
ACTIONS = (
    *("team.add", "incident.reported", "sponsor-answer.give", "stakeholder.add"),
    "novelty.do",
)
"""One kind of event for each answer the table gives: ``read``, ``desk``, ``improve``,
``stakeholders`` and ``operators``.
"""

MAY_READ_THE_TRAIL = {
    "app/core/audit.py": "writes and verifies it",
    "app/core/trail.py": "decides who reads what",
    "app/shell/audit.py": "builds the filter, shows what app/core/trail.py tells",
    "app/access/person/history.py": "chooses a person's events, reads through app/core/trail.py",
    "app/insight/evidence/queries.py": "packs what befell access, for who holds audit",
    "app/insight/today/queries.py": "chooses what others did, reads through app/core/trail.py",
    "app/auth/upgrading.py": "asks whether a permission was ever given",
    "app/improvements/history/queries.py": "takes records back to an earlier time, prints no event",
    "app/improvements/spread/queries.py": "counts for how many people it is",
    "app/upkeep/trail_state.py": "compares tables with it",
}


@pytest.fixture(scope="module")
def filled(
    databases: Shelf, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The demo company, with events of every kind about each thing that has a history."""
    home = tmp_path_factory.mktemp("histories")
    with databases.copy(home) as url:
        app = create_app(
            Settings(home=home, database_url=url, secret_key="only for tests " * 3),
            now=Clock(),
        )
        parts = app.extensions[KEY]
        seed(parts, app.extensions[DEMO], by="demo")
        with parts.database.write() as session:
            values = {
                "title": "Printer",
                "issue": "It jams",
                "resolution": "Open it",
                "audience": "internal",
            }
            add(acting(session, "demo", parts.now()), values)
            for subject in dict.fromkeys(place.subject for place in PLACES):
                plant(session, subject)
        yield app
        shut(app)


def plant(session: audit.Session, subject: str) -> None:
    for action in ACTIONS:
        words = marks(action)
        audit.record(
            session,
            words[0],
            action,
            subject,
            words[1],
            before={"note": ""},
            after={"note": words[2]},
            reason=words[3],
        )


def marks(action: str) -> list[str]:
    """Return the words that stand for who, sentence, value and reason of a planted event."""
    name = action.partition(".")[0]
    return [f"{name}-who", f"{name}-said", f"{name}-value", f"{name}-why"]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.address)
def test_a_history_hides_who_what_and_why_from_those_without_the_permission(
    filled: Flask, place: Place
) -> None:
    for permission in NAMES:
        mine = tuple(dict.fromkeys(("read", place.opened_by, permission)))
        shown = (
            Pages(filled)
            .as_operator("viewer", permissions=mine)
            .client.get(place.address)
        )
        assert shown.status_code == 200
        for action in ACTIONS:
            seen = [word for word in marks(action) if word in shown.text]
            if needed(action) in mine:
                assert marks(action)[1] in seen, f"{permission} does not read {action}"
            else:
                assert action in shown.text, "number, time and action are for everybody"
                assert seen == [], f"{permission} reads {action}"


def test_somebody_who_may_not_read_sees_no_history_at_all(filled: Flask) -> None:
    for permission in set(NAMES) - {"read", "desk"}:
        pages = Pages(filled).as_operator("viewer", permissions=(permission,))
        for place in PLACES:
            answer = pages.client.get(place.address)
            assert answer.status_code == 403, (permission, place.address)


@pytest.mark.parametrize(
    "subject", ["service:1", "improvement:1", "person:1", "article:1"]
)
def test_a_search_in_the_file_finds_nothing_that_is_hidden(
    filled: Flask, subject: str
) -> None:
    pages = Pages(filled).as_operator("viewer", permissions=("read",))
    for word in (*marks("incident.reported"), *marks("novelty.do")):
        text = pages.client.get(f"/audit/export?subject={subject}&text={word}").text
        assert len(text.splitlines()) == 1, word


def test_every_page_that_prints_events_is_walked_here() -> None:
    printing = re.compile(r"ui\.(history|event_item|event_said)\(")
    files = sorted((PROJECT / "templates").rglob("*.html"))
    found = {
        str(file.relative_to(PROJECT / "templates"))
        for file in files
        if printing.search(file.read_text())
    }
    assert found == {place.template for place in PLACES if place.template}


def test_nobody_reads_events_past_the_table() -> None:
    readers = {
        str(path.relative_to(PROJECT))
        for path in (PROJECT / "app").rglob("*.py")
        if reads(path.read_text())
    }
    assert readers - set(MAY_READ_THE_TRAIL) == set(), (
        "read events through app.trail.history"
    )
    assert set(MAY_READ_THE_TRAIL) - readers == set()


def test_the_kinds_that_are_planted_stand_for_every_answer_of_the_table() -> None:
    assert {needed(action) for action in ACTIONS} == {
        *NEEDED.values(),
        needed("novelty.do"),
    }


def reads(source: str) -> bool:
    """Tell whether a module names the table of events."""
    names = {
        node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)
    }
    return "AuditEvent" in names
