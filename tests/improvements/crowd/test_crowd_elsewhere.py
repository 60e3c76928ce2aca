"""The people of a rung by command line and by key: the same rules, the same words."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.auth.tokens import give_token
from app.improvements.people.rules import state_called
from app.messages.actions.channels import ChannelDraft, add_channel
from app.models.improvements.words import ParticipationState
from app.models.messages import ChannelKind, Message
from tests.conftest import Rung
from tests.directory.builders import a_directory, a_person, a_right, holds
from tests.improvements.builders import Room, rows
from tests.improvements.crowd.builders import people_at, rows_of
from tests.pages import Pages

PS = ParticipationState


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("asked", PS.INVITED),
        ("Using-it", PS.SWITCHED),
        ("works", PS.ACCEPTED),
        ("switched", PS.SWITCHED),
        ("observing", PS.OBSERVING),
        ("says it works", PS.ACCEPTED),
        ("elsewhere", None),
    ],
)
def test_old_and_new_words_of_a_state_are_understood(
    text: str, state: ParticipationState | None
) -> None:
    assert state_called(text) is state


def test_many_are_asked_moved_and_listed_in_the_terminal(
    rung: Rung, room: Room
) -> None:
    people_at(room, 300)
    number = str(room.running(*room.begun(eligible=400), "Ada"))
    ask = ("iteration", "people", "invite", number, "--site", "Lyon")
    but = ("--except", "lyon0001")
    counted = rung(*ask, *but, "--dry-run", "--json").json
    assert (counted["meant"], counted["left_out"], counted["done"]) == (300, 1, False)
    assert len(rows_of(room, int(number))) == 1
    assert rung(*ask, *but).out.endswith("299 people will be asked.\n")
    move = ("iteration", "people", "move", number)
    done = rung(*move, "using", "--state", "asked", "--except", "Ada", "--json").json
    assert (done["to"], len(done["moved"])) == ("using", 299)
    told = rung("iteration", "people", "list", number, "--state", "switched", "--json")
    assert (
        told.json["counts"] == {"asked": 1, "using": 299} and told.json["total"] == 299
    )
    again = rung(*move, "using", "--state", "using")
    assert again.code == 3 and "Nothing was moved twice" in again.err
    done = rung(*move, "works", "--all", "--confirmed-by", "Their leads", "--json")
    counts = rung("iteration", "people", "list", number, "--json").json["counts"]
    assert counts == {"asked": 1, "works": 299}


def test_what_is_wrong_in_the_terminal_is_told(rung: Rung, room: Room) -> None:
    number = str(room.running(*room.begun(), "Ada"))
    move = ("iteration", "people", "move", number)
    for said, words in (
        (("using",), "Say who is meant"),
        (("nowhere", "--all"), "There is no state nowhere."),
        (("using", "--name", "Zoe"), "Zoe does not take part."),
        (("works", "--all"), "Nobody can be moved"),
    ):
        done = rung(*move, *said)
        assert done.code == 1 and words in done.err, done
    done = rung("iteration", "people", "invite", number, "--team", "Nobody")
    assert done.code == 1 and "There is no team “Nobody”." in done.err


class Sender:
    """A program that may read and improve."""

    def __init__(self, app: Flask) -> None:
        browser = Pages(app).as_operator("anna", permissions=("read", "improve"))
        self.room = Room(browser.parts.database, browser.parts.now())
        self.client = app.test_client()
        scopes = ("read", "improve")
        _, self.secret = self.room.do(give_token, "anna", "import", scopes, None)

    def ask(self, method: str, path: str, sent: Any = None) -> tuple[int, Any]:
        given = {"Authorization": f"Bearer {self.secret}"}
        url = f"/api/v1/rungs/{path}"
        answer = self.client.open(url, method=method, json=sent, headers=given)
        return answer.status_code, answer.json


def test_a_program_asks_a_group_and_moves_it(app: Flask) -> None:
    program = Sender(app)
    room = program.room
    with room.database.write() as session:
        directory = a_directory(session)
        right = a_right(session, directory, "vpn")
        for uid in ("ada", "ben", "cleo"):
            holds(session, right, a_person(session, directory, uid))
    number = room.running(*room.begun(), "Zoe")
    status, told = program.ask(
        "POST", f"{number}/people", {"group": "VPN", "except": "ben"}
    )
    assert (status, told["asked"], told["left_out"]) == (201, ["Ada", "Cleo"], 1)
    status, told = program.ask(
        "POST", f"{number}/people/move", {"to": "using", "names": "ada\ncleo"}
    )
    assert (status, told["moved"]) == (200, ["Ada", "Cleo"])
    status, told = program.ask("GET", f"{number}/people?state=using&limit=1")
    assert (status, told["total"], len(told["people"])) == (200, 2, 1)
    assert told["counts"] == {"asked": 1, "using": 2}


def test_a_program_carries_three_hundred_in_three_requests(app: Flask) -> None:
    program = Sender(app)
    people_at(program.room, 300)
    number = program.room.running(*program.room.begun(eligible=400), "Zoe")
    status, told = program.ask("POST", f"{number}/people", {"site": "Lyon"})
    assert (status, len(told["asked"])) == (201, 300)
    for to, more in (("using", {}), ("works", {"confirmed_by": "Their leads"})):
        sent = {"to": to, "all": True, **more}
        status, told = program.ask("POST", f"{number}/people/move", sent)
        assert (status, len(told["moved"])) == (200, 301)
    _, told = program.ask("GET", f"{number}/people?limit=1")
    assert told["counts"] == {"works": 301}


@pytest.mark.parametrize(
    ("path", "sent", "status", "words"),
    [
        ("people", {"sites": "Lyon"}, 422, "There is no field sites."),
        ("people", {}, 422, "Name who is invited."),
        ("people", {"group": "none"}, 404, "There is no right “none”"),
        ("people/move", {"to": "using"}, 422, "Say who is meant"),
        ("people/move", {"to": "up", "all": True}, 422, "There is no state up."),
        ("people/move", {"all": True}, 422, "to is missing."),
    ],
)
def test_what_a_program_sends_wrongly_is_a_problem(
    app: Flask, path: str, sent: Any, status: int, words: str
) -> None:
    program = Sender(app)
    number = program.room.running(*program.room.begun(), "Zoe")
    found = program.ask("POST", f"{number}/{path}", sent)
    assert found[0] == status and words in found[1]["detail"]


def a_channel(room: Room, trust: Any) -> None:
    url = "mailto://mail.example?from=desk@demo.example&to={address}"
    room.do(add_channel, ChannelDraft("Mail", ChannelKind.MAIL, url), trust)


def behind(app: Flask, link: str) -> str:
    """Return what the page behind a link says to somebody without an account."""
    return app.test_client().get("/p/" + link.rpartition("/p/")[2]).text


def test_links_are_sent_given_and_taken_back_in_the_terminal(
    rung: Rung, room: Room, app: Flask
) -> None:
    people_at(room, 2, mail="lyon@acme.example")
    both = ("lyon0000", "Zoe")
    number = str(room.running(*room.begun(), *both, size_reason="A test"))
    send = ("iteration", "people", "send-links", number)
    nobody = rung(*send)
    assert nobody.code == 1 and "No channel reaches people" in nobody.err
    a_channel(room, Pages(app).parts.trust)
    shown = rung(*send, "--text", "Well?", "--dry-run", "--json").json
    assert (shown["asked"], shown["without_mail"], shown["text"]) == (2, 1, "Well?")
    assert [row.link_mark for row in rows_of(room, int(number))] == ["", ""]
    done = rung(*send, "--signed-by", "Anna Berg", "--json").json
    assert done == {"asked": 2, "without_mail": 1, "message": 1}
    [sent] = rows(room.database, select(Message))
    assert sent.signed_by == "Anna Berg" and "{link}" in sent.text
    given = rung("iteration", "people", "link", number, "--name", "Zoe", "--json").json
    [link] = given["links"]
    assert "Zoe" in behind(app, link["link"])
    rung("iteration", "people", "unlink", number, "--name", "Zoe")
    assert "leads nowhere" in behind(app, link["link"])
    wrong = rung("iteration", "people", "link", number, "--name", "Max")
    assert wrong.code == 1 and "Max does not take part." in wrong.err


def test_a_program_sends_and_gives_links(app: Flask) -> None:
    program = Sender(app)
    room = program.room
    number = room.running(*room.begun(), "Zoe")
    status, told = program.ask("POST", f"{number}/people/letter", {})
    assert (status, "No channel" in told["detail"]) == (422, True)
    a_channel(room, Pages(app).parts.trust)
    letter = {"subject": "Well?", "dry_run": True}
    status, told = program.ask("POST", f"{number}/people/letter", letter)
    assert (status, told["people"], told["message"]) == (200, ["Zoe"], None)
    status, told = program.ask("POST", f"{number}/people/letter", {"subject": "Well?"})
    assert (status, told["asked"]) == (201, 1)
    [sent] = rows(room.database, select(Message))
    assert sent.subject == "Well?"
    status, told = program.ask("POST", f"{number}/people/links", {"names": "zoe"})
    assert status == 200 and "Zoe" in behind(app, told["links"][0]["link"])
    gone = {"names": "zoe", "revoke": True}
    assert program.ask("POST", f"{number}/people/links", gone)[1] == {
        "revoked": ["Zoe"]
    }
    assert "leads nowhere" in behind(app, told["links"][0]["link"])
