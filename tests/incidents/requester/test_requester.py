"""The page behind a requester's link: what is shown, what is not, and what can be answered."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.core.errors import NotFound, Refused
from app.core.parts import KEY, Parts
from app.incidents.hands.actions import HandOver, hand_over
from app.incidents.requester.actions import (
    MOST_AN_HOUR,
    WORKS,
    add_words,
    rate,
    renew_link,
)
from app.incidents.requester.queries import incident_behind
from app.incidents.requester.rules import RequesterStanding
from app.incidents.restoration.actions import close, merge, restore
from app.incidents.work.actions import note, start, wait
from app.messages.requester_links import link_token
from app.models.incidents.incident import Attachment, Contact, Escalation, Rating
from app.models.incidents.words import EventKind, IncidentState, Via, WaitingOn
from tests.incidents.builders import MONDAY, Desk, rows
from tests.pages import Page, Pages

SECRET = "a secret of tests"


@pytest.fixture
def parts(app: Flask) -> Parts:
    found: Parts = app.extensions[KEY]
    return found


@pytest.fixture
def desk(parts: Parts) -> Desk:
    return Desk(parts.database)


@pytest.fixture
def visitor(app: Flask) -> Pages:
    """Somebody without an account."""
    return Pages(app)


def address(desk: Desk, parts: Parts, number: int) -> str:
    return f"/r/{link_token(parts.settings.secret_key, desk.incident(number))}"


def the_step(page: Page) -> str:
    [now] = [node for node in page.root.all("li") if "aria-current" in node.attrs]
    return now.text.strip("●◐○ ")


def test_it_stands_with_one_of_four_words(
    desk: Desk, parts: Parts, visitor: Pages
) -> None:
    number = desk.reported()
    here, seen = address(desk, parts, number), []
    for act in (
        lambda: None,
        lambda: desk.do(start, number),
        lambda: desk.do(restore, number, "New cable"),
        lambda: desk.do(close, number),
    ):
        act()
        seen.append(the_step(visitor.get(here)))
    assert seen == ["Received", "Being worked on", "Please check", "Closed"]


def test_nothing_internal_is_shown(desk: Desk, parts: Parts, visitor: Pages) -> None:
    tills, network = desk.team("Tills", "dora"), desk.team("Network")
    number = desk.reported(team_id=tills)
    desk.do(hand_over, number, HandOver(network, "The switch in rack 7 answers slowly"))
    desk.do(note, number, "Carla is on holiday from Friday")
    desk.do(note, number, "We found it, a part is on its way.", public=True)
    page = visitor.get(address(desk, parts, number))
    assert "rack 7" not in page.text and "holiday" not in page.text
    assert "We found it, a part is on its way." in page.content
    assert page.response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in page.response.headers["Cache-Control"]


def test_what_is_asked_of_the_requester_is_said_first(
    desk: Desk, parts: Parts, visitor: Pages
) -> None:
    number = desk.reported()
    desk.do(
        wait,
        number,
        WaitingOn.REQUESTER,
        desk.now + timedelta(days=1),
        "Which till is it?",
    )
    page = visitor.get(address(desk, parts, number))
    assert "We are waiting for something from you." in page.content
    assert "Which till is it?" in page.content


def test_it_works_again_closes_it(desk: Desk, parts: Parts, visitor: Pages) -> None:
    number = desk.reported()
    here = address(desk, parts, number)
    visitor.get(here)
    assert visitor.submit(f"{here}/works").told == "Thank you: it is closed."
    found = desk.incident(number)
    assert (found.state, found.restored_at, found.resolution) == (
        IncidentState.CLOSED,
        parts.now(),
        WORKS,
    )
    assert [event.by for event in desk.events(number)][1:] == [
        "Carla Cash (requester)"
    ] * 2
    assert "closed already" in visitor.post(f"{here}/works", status=409).content


def test_still_broken_opens_what_was_restored(
    desk: Desk, parts: Parts, visitor: Pages
) -> None:
    number = desk.reported()
    desk.do(restore, number, "New cable")
    here = address(desk, parts, number)
    visitor.get(here)
    page = visitor.submit(f"{here}/broken", text="The drawer stays shut.")
    assert page.told == "Thank you: somebody looks at it again."
    assert desk.incident(number).is_open
    assert (desk.events(number)[-1].kind, desk.events(number)[-1].text) == (
        EventKind.REOPENED,
        "The drawer stays shut.",
    )


def test_still_broken_while_it_is_open_is_a_further_contact(
    desk: Desk, parts: Parts, visitor: Pages
) -> None:
    number = desk.reported()
    here = address(desk, parts, number)
    visitor.get(here)
    visitor.submit(f"{here}/broken")
    assert desk.incident(number).contacts == 2
    assert rows(desk.database, select(Contact.via).order_by(Contact.id)) == [
        Via.PHONE,
        Via.PORTAL,
    ]


def test_what_is_added_is_kept_and_an_empty_line_is_refused(
    desk: Desk, parts: Parts, visitor: Pages
) -> None:
    number = desk.reported()
    here = address(desk, parts, number)
    visitor.get(here)
    assert (
        "Write what you want to add."
        in visitor.submit(f"{here}/add", text=" ", status=422).content
    )
    assert (
        visitor.submit(f"{here}/add", text="It is till 4.").told
        == "It is written down."
    )
    assert (
        rows(desk.database, select(Contact.text).order_by(Contact.id))[-1]
        == "It is till 4."
    )


def test_nobody_can_flood_an_incident(desk: Desk, parts: Parts, visitor: Pages) -> None:
    number = desk.reported()
    for turn in range(MOST_AN_HOUR):
        desk.do(lambda act, turn=turn: add_words(act.by_another(""), number, f"{turn}"))
    page = visitor.post(
        f"{address(desk, parts, number)}/add", {"text": "once more"}, status=409
    )
    assert "a lot within one hour" in page.content and "once more" in page.html
    desk.forward(hours=2)
    desk.do(lambda act: add_words(act.by_another(""), number, "later"))


def test_opening_the_page_rates_nothing_and_one_click_does(
    desk: Desk, parts: Parts, visitor: Pages
) -> None:
    number = desk.reported()
    desk.do(restore, number, "New cable")
    desk.do(close, number)
    here = address(desk, parts, number)
    visitor.get(here)
    assert visitor.client.get(f"{here}/rate?score=5").status_code == 405
    assert rows(desk.database, select(Rating)) == []
    assert (
        visitor.submit(f"{here}/rate", score="5", text="Thank you, Dora!").told
        == "Thank you for telling us."
    )
    visitor.submit(f"{here}/rate", score="4")
    [kept] = rows(desk.database, select(Rating))
    assert (kept.score, kept.text) == (4, "Thank you, Dora!")
    agent = Pages(visitor.app).as_operator("anna")
    assert "4 of 5: “Thank you, Dora!”" in agent.get(f"/desk/{number}").content


def test_a_rating_is_changed_for_a_week_and_not_longer(desk: Desk) -> None:
    number = desk.reported()
    desk.do(restore, number, "New cable")
    desk.do(close, number)

    def rated(score: int) -> int:
        return int(desk.do(lambda act: rate(act.by_another(""), number, score)).score)

    assert rated(2) == 2
    desk.forward(days=6)
    assert rated(5) == 5
    desk.forward(days=2)
    with pytest.raises(Refused, match="time for that is over"):
        rated(1)


@pytest.mark.parametrize("token", ["", "nonsense", "WzEsInh4eCJd.forged"])
def test_a_forged_link_leads_nowhere(desk: Desk, visitor: Pages, token: str) -> None:
    desk.reported()
    visitor.get(f"/r/{token or 'x'}", status=404)


def test_a_link_of_one_incident_opens_no_other_and_can_be_revoked(desk: Desk) -> None:
    first, second = desk.reported(), desk.reported()
    token = link_token(SECRET, desk.incident(first))
    assert desk.ask(incident_behind, SECRET, token).id == first != second
    with pytest.raises(NotFound):
        desk.ask(incident_behind, "another secret", token)
    desk.do(renew_link, first)
    with pytest.raises(NotFound, match="leads nowhere"):
        desk.ask(incident_behind, SECRET, token)


def test_the_link_ends_three_months_after_closing(
    desk: Desk, app: Flask, visitor: Pages, clock
) -> None:
    parts: Parts = app.extensions[KEY]
    number = desk.reported()
    desk.do(restore, number, "New cable")
    desk.do(close, number)
    here = address(desk, parts, number)
    clock.forward(days=89)
    visitor.get(here)
    clock.forward(days=2)
    visitor.get(here, status=404)


def test_what_was_merged_shows_what_is_told_there(
    desk: Desk, parts: Parts, visitor: Pages
) -> None:
    number, other = (
        desk.reported("Till 4 is dark"),
        desk.reported("No till starts", requester="Otto Secret"),
    )
    desk.do(merge, number, other)
    page = visitor.get(address(desk, parts, number))
    assert the_step(page) == "Being worked on"
    assert "Otto Secret" not in page.text and "No till starts" not in page.text
    refused = visitor.post(f"{address(desk, parts, number)}/broken", status=409)
    assert "together with another report" in refused.content


@given(st.sampled_from(IncidentState), st.integers(0, 200), st.integers(0, 200))
def test_whatever_the_state_it_has_a_word_and_time_only_takes_answers_away(
    state: IncidentState, days: int, more: int
) -> None:
    ended = (
        MONDAY
        if state
        in (IncidentState.CLOSED, IncidentState.CANCELLED, IncidentState.MERGED)
        else None
    )
    early, late = (
        RequesterStanding(state, None, ended, None, MONDAY + timedelta(days=count))
        for count in (days, days + more)
    )
    assert early.word in ("Received", "Being worked on", "Please check", "Closed")
    for answer in ("may_confirm", "may_object", "may_add", "may_rate", "link_works"):
        assert getattr(early, answer) >= getattr(late, answer)


def test_agents_find_the_address_and_can_make_a_new_one(
    desk: Desk, parts: Parts, visitor: Pages
) -> None:
    number = desk.reported()
    agent = Pages(visitor.app).as_operator("anna")
    old = address(desk, parts, number)
    assert old in agent.get(f"/desk/{number}").html
    page = agent.submit(f"/desk/{number}/requester-link")
    assert "older ones lead nowhere" in page.told
    visitor.get(old, status=404)


def test_nothing_happens_raises_it_and_tells_management_once_a_day(
    desk: Desk, parts: Parts, visitor: Pages
) -> None:
    number = desk.reported()
    here = address(desk, parts, number)
    visitor.get(here)
    assert "management hears of it" in visitor.submit(f"{here}/stuck").told
    assert desk.incident(number).raises == 1
    [told] = rows(desk.database, select(Escalation))
    assert told.why == "The requester says that it is stuck."
    assert "You said that nothing happens" in visitor.get(here).content
    assert "noted today already" in visitor.post(f"{here}/stuck", status=409).content


def test_a_picture_of_it_can_be_sent(desk: Desk, parts: Parts, visitor: Pages) -> None:
    number = desk.reported()
    here = address(desk, parts, number)
    visitor.get(here)
    picture = b"\x89PNG\r\n\x1a\n" + bytes(64)
    page = visitor.submit(f"{here}/add", text="", file=(BytesIO(picture), "till.png"))
    assert page.told == "Your file is here."
    [kept] = rows(desk.database, select(Attachment))
    assert (kept.name, kept.type, kept.by) == (
        "till.png",
        "image/png",
        "Carla Cash (requester)",
    )
    assert (
        rows(desk.database, select(Contact.text).order_by(Contact.id))[-1]
        == "Sent the file till.png."
    )


def test_a_file_sent_through_a_forged_link_is_not_kept(
    desk: Desk, visitor: Pages, parts: Parts
) -> None:
    desk.reported()
    visitor.post("/r/forged/add", {"file": (BytesIO(b"words"), "a.txt")}, status=404)
    assert not parts.settings.files.exists() or not list(
        parts.settings.files.rglob("*.*")
    )


def test_buttons_work_over_https_where_a_referrer_is_demanded(
    desk: Desk, parts: Parts, visitor: Pages
) -> None:
    path = address(desk, parts, desk.reported())
    page = Page(visitor.client.get(path, base_url="https://localhost"))
    assert page.response.headers["Referrer-Policy"] == "same-origin", (
        "browsers send no referrer otherwise"
    )
    token = page.root.all("input", name="csrf_token")[0].attrs["value"]
    sent = {"data": {"csrf_token": token}, "base_url": "https://localhost"}
    assert visitor.client.post(f"{path}/works", **sent).status_code == 400
    assert (
        visitor.client.post(
            f"{path}/works", **sent, headers={"Referer": "https://localhost/"}
        ).status_code
        == 303
    )
