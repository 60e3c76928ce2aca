"""The pages of those who keep Rung: directory, audit, mail left alone, what was set aside,
operators, own account.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from app.core.aside import SetAside
from app.core.db import Database
from app.directory.queries.repairs import WRONG_VALUES
from app.models.directory import Directory, Refresh, RefreshState, Repair, RepairState
from app.models.incidents.desk import MailSeen
from tests.browser.conftest import Running, Visitor, sign_in

pytestmark = pytest.mark.browser

PAGES = (
    ("/directory", "Directories"),
    ("/directory/1", "Repair of memberOf"),
    ("/directory/1/edit", "Address"),
    ("/audit", "Events, the latest first"),
    ("/audit?subject=person:1", "No event fits"),
    ("/audit/verify", "Every link holds"),
    ("/services/1/history", "Events"),
    ("/improvements/1/history", "Events"),
    ("/desk/mail", "automatic answer"),
    ("/set-aside", "Rows that failed"),
    ("/operators", "approver"),
    ("/operators/new", "Name"),
    ("/operators/5", "approver"),
    ("/account", "admin"),
)
"""Each page with words that stand there when it shows what it is for."""

LONG = (
    "IntegrityError: duplicate key value violates unique constraint "
    "uq_figure_incident_id_day_of_the_first_report"
)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def kept(rung: Running, database_url: str) -> Running:
    """The demo company after a bad night: rows set aside, mail left alone, memberOf wrong and half
    repaired.
    """
    database = Database(database_url)
    with database.write() as session:
        session.add_all(aside_rows())
        session.add_all(mails())
        directory = session.scalars(select(Directory)).first()
        assert directory is not None
        directory.audited = False
        wrong = {
            "subject": WRONG_VALUES,
            "level": "warning",
            "text": "memberOf of 2 people is wrong.",
            "advice": "",
        }
        directory.findings, directory.checked_at = [*directory.findings, wrong], NOW
        repair = Repair(
            directory_id=directory.id,
            state=RepairState.STOPPED,
            asked_by="admin",
            asked_at=NOW,
        )
        repair.audited, repair.message, repair.ended_at = (
            False,
            "Stopped: the directory went away.",
            NOW,
        )
        session.add(repair)
        session.flush()
        sentence = (
            "frank.huber does not show "
            "uid=share-sales-of-all-outlets-in-the-north,ou=groups,dc=demo,dc=example."
        )
        session.add(
            Refresh(
                repair_id=repair.id,
                wrong={},
                sentence=sentence,
                state=RefreshState.UNKNOWN,
                text="No answer.",
            )
        )
    database.dispose()
    return rung


def aside_rows() -> list[SetAside]:
    times = {"first_at": NOW, "last_at": NOW}
    return [
        SetAside(
            lane="figures",
            key="17",
            attempts=3,
            reason=LONG,
            next_at=None,
            aside_at=NOW,
            **times,
        ),
        SetAside(
            lane="deliveries",
            key="4",
            attempts=3,
            reason="ValueError: x",
            next_at=NOW,
            aside_at=NOW,
            **times,
        ),
        SetAside(
            lane="escalations",
            key="1",
            attempts=1,
            reason=LONG * 2,
            next_at=NOW,
            aside_at=None,
            **times,
        ),
    ]


def mails() -> list[MailSeen]:
    return [
        MailSeen(
            message_id=f"<{number}@x>",
            sender=f"a-very-long-name-of-a-machine-{number}@monitoring.demo.example",
            subject=subject,
            outcome=outcome,
            at=NOW,
            why=why,
            kept="",
        )
        for number, (subject, outcome, why) in enumerate(
            (
                ("Out of office", "automatic answer", ""),
                ("W" * 120, "bounce", ""),
                ("", "set aside", LONG),
            )
        )
    ]


@pytest.mark.parametrize("width", [1280, 390])
def test_the_pages_of_those_who_keep_rung_are_accessible_and_fit_the_window(
    chromium: Browser, kept: Running, width: int
) -> None:
    admin = sign_in(chromium, kept, "admin", width=width)
    for path, words in PAGES:
        admin.go(path)
        assert words in admin.text(), path
        demand_that_it_fits(admin, path)
        admin.demand_accessible()


def demand_that_it_fits(visitor: Visitor, path: str) -> None:
    """Fail when the page scrolls sideways, or text stands over its box."""
    sideways = visitor.page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert sideways <= 0, f"{path} is {sideways} px too wide"
