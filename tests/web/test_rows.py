"""Rows of the queue are kept, and are the same as if each page had written them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from app.incidents.hands.actions import HandOver, hand_over
from app.incidents.mass.actions import declare_mass
from app.incidents.restoration.actions import restore
from app.incidents.work.actions import assign, wait
from app.models.incidents.incident import Incident
from app.models.incidents.words import WaitingOn
from tests.conftest import Clock
from tests.incidents.builders import Desk
from tests.pages import Pages
from tests.web.test_around import KEY, TOKEN, Reader, signed_in
from tests.web.test_languages import abroad as abroad

DESK = ("read", "desk")
READERS = (
    Reader("dora", DESK),
    Reader("bert", DESK, {"zone": "Asia/Tokyo"}),
    Reader("bert", DESK),
    Reader("carla", DESK, {"language": "eo"}),
    Reader("carla", DESK, {"language": "eo", "zone": "Asia/Tokyo"}),
)
PAGES = ("/desk", "/desk?view=restored", "/desk?q=printer")
LATER = (0, 1, 61, 60 * 24, 60 * 24 * 9)
"""Minutes after which the pages are opened: units change, targets and waits are over."""


@pytest.fixture
def desk(app: Flask, clock: Clock) -> Desk:
    for reader in READERS:
        signed_in(app, reader)
    return Desk(Pages(app).parts.database, now=clock())


def busy(desk: Desk) -> Desk:
    """Let there be an incident of each look."""
    first, second = desk.team("Tills", "dora"), desk.team("Admins")
    service = desk.service(urgency=1, team_id=first)
    tills = desk.reported("Till <b>1</b>", service_id=service, impact=3)
    desk.do(assign, tills, "dora")
    printer = desk.reported("Printer", service_id=service, site_id=desk.site("Harbour"))
    desk.do(hand_over, printer, HandOver(second, "It is the network."))
    slow = desk.reported("Slow everywhere", service_id=service)
    desk.do(declare_mass, slow, [desk.site("Village")])
    waits = desk.reported("A printer nobody knows", requester="Petra")
    until = desk.now + timedelta(minutes=30)
    desk.do(wait, waits, WaitingOn.REQUESTER, until, "Its number")
    desk.do(restore, desk.reported("Works again"), "A new cable")
    with desk.database.write() as session:
        raised = session.get_one(Incident, desk.reported("Raised", impact=4))
        raised.raises, raised.rank, raised.next_update_at = 2, 1, desk.now
        session.info["audit_events"] = 1
    return desk


def shown(pages: Pages, url: str) -> str:
    html = pages.client.get(url).text
    return KEY.sub("key", TOKEN.sub("token", html))


def written_anew(pages: Pages, url: str) -> str:
    """Return the same page when no row is kept."""
    words = pages.app.jinja_env.globals
    kept = words["kept_rows"]
    words["kept_rows"] = kept.written
    try:
        return shown(pages, url)
    finally:
        words["kept_rows"] = kept


@pytest.mark.parametrize("url", PAGES)
def test_rows_are_the_same_to_the_byte_with_and_without_what_is_kept(
    abroad: Flask, desk: Desk, clock: Clock, url: str
) -> None:
    busy(desk)
    start, seen = clock(), set()
    for minutes in LATER:
        clock.time = start + timedelta(minutes=minutes)
        for reader in READERS:
            pages = signed_in(abroad, reader)
            expected = written_anew(pages, url)
            assert [shown(pages, url) for _twice in range(2)] == [expected] * 2
            seen.add(expected[expected.index("queue-list") :])
    assert len(seen) > len(LATER)  # other times, zones and languages read differently


def test_the_form_of_each_row_carries_the_token_and_the_key_of_its_own_page(
    app: Flask, desk: Desk
) -> None:
    numbers = [desk.reported(f"Number {each}") for each in range(3)]
    dora, bert = (signed_in(app, Reader(name, DESK)) for name in ("dora", "bert"))
    rows = {}
    for pages in (dora, bert, dora):
        html = pages.client.get("/desk").text
        rows[pages] = html[html.index("<tbody>") : html.index("</tbody>")]
        assert len(TOKEN.findall(rows[pages])) == len(numbers)
        assert len(set(TOKEN.findall(html))) == 1
    sent = {
        "csrf_token": TOKEN.findall(rows[dora])[0],
        "_once": KEY.findall(rows[dora])[0],
        "back": "queue",
    }
    take = f"/desk/{numbers[0]}/now/take"
    assert bert.client.post(take, data=sent).status_code == 400
    for _twice in range(2):
        assert dora.client.post(take, data=sent).status_code == 303
    assert desk.incident(numbers[0]).agent == "dora"
    taken = [each for each in desk.events(numbers[0]) if each.kind == "assigned"]
    assert len(taken) == 1


def test_a_row_that_changed_reads_differently_on_the_next_page(
    app: Flask, desk: Desk
) -> None:
    pages, number = signed_in(app, Reader("dora", DESK)), desk.reported("Till")
    assert "Take it" in rows_of(pages)
    desk.do(assign, number, "bert")
    assert "Take it" not in rows_of(pages) and "bert" in rows_of(pages)


def rows_of(pages: Pages) -> str:
    found = re.search(r"<tbody>(.*)</tbody>", pages.client.get("/desk").text, re.DOTALL)
    assert found
    return found[1]
