"""Named duties say go or no-go to a wave by a link of their own, and nothing goes on without."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from app.access.duties.rules import moment_now
from app.access.gate.actions import decide_wave
from app.core import audit
from app.core.audit import AuditEvent
from app.core.errors import Refused
from app.core.settings import Settings
from app.messages.actions.channels import ChannelDraft, add_channel
from app.messages.requester_links import with_answer_link
from app.models.access.duties import WaveDuty
from app.models.access.words import DutyMoment, WaveState
from app.models.improvements.iteration import Decision
from app.models.improvements.words import DecisionKind, IterationState
from app.models.messages import ChannelKind, Delivery, Message
from app.models.people import Person
from tests.access.builders import DemoWorld, demo_world
from tests.conftest import Clock, Rung, runner_for
from tests.pages import Pages

SALES, MAIL = "Head of sales", "eve@example.test"


@pytest.fixture
def world(settings: Settings, clock: Clock) -> Iterator[DemoWorld]:
    with demo_world(settings, clock) as world:
        yield world


@pytest.fixture
def rung(world: DemoWorld) -> Rung:
    return runner_for(world.app)


@pytest.fixture
def wave(world: DemoWorld, settings: Settings) -> str:
    """Return an approved wave of one person, to which the head of sales has to say go."""
    wave = world.wave(world.role(), "ada")
    world.approve(wave, settings)
    return str(wave)


def named(rung: Rung, wave: str, duty: str = SALES, person: str = "eve") -> str:
    """Name a duty; the path of its link."""
    told = rung("wave", "duty", "name", wave, "--duty", duty, "--person", person)
    assert told.code == 0, told.err
    return link_of(rung, wave, duty)


def link_of(rung: Rung, wave: str, duty: str = SALES) -> str:
    found = rung("wave", "duty", "list", wave, "--json").json["duties"]
    [one] = [each for each in found if each["duty"] == duty and each["link"]][-1:]
    return urlsplit(one["link"]).path


def test_a_wave_does_not_begin_before_every_named_duty_said_go(
    world: DemoWorld, rung: Rung, wave: str
) -> None:
    there = named(rung, wave)
    pages = Pages(world.app)
    chief = Pages(world.app).as_operator("chief")
    shown = chief.get(f"/waves/{wave}").root.one(id="now").text
    assert "It waits for the go of 1 named duty" in shown
    assert "has not said go yet" in chief.get("/").content
    assert chief.get(f"/waves/{wave}/duties").h1 == "Go or no-go"
    for deed in ("arm", "apply"):
        refused = rung("wave", deed, wave)
        assert refused.code == 1
        assert "Head of sales (Eve) has not said go yet." in refused.err
    assert rung("wave", "duty", "list", wave, "--check").code == 1
    pages.post(f"{there}/no", {"words": "The fair is next week."})
    refused = rung("wave", "apply", wave)
    assert "said no-go: The fair is next week." in refused.err
    assert "The fair is next week." in chief.get("/").content
    assert "The fair is next week." in chief.get(f"/waves/{wave}").content
    for _ in range(2):
        pages.post(f"{there}/go")
    assert "everybody who was asked said go" in chief.get("/").content
    assert rung("wave", "arm", wave).code == 0
    assert rung("wave", "disarm", wave).code == 0
    assert rung("wave", "apply", wave).code == 0
    with world.database.read() as session:
        by_link = AuditEvent.actor == "Eve (by link)"
        rows = select(AuditEvent.after).where(by_link).order_by(AuditEvent.id)
        said = [after["answer"] for after in session.scalars(rows)]
    assert said == ["no-go", "go"]
    gone = pages.post(f"{there}/no", {"words": "Too late."}, status=409)
    assert "This is over." in gone.content


def test_looking_changes_nothing_and_a_link_is_revoked_renewed_and_expires(
    world: DemoWorld, rung: Rung, wave: str, clock: Clock
) -> None:
    there = named(rung, wave)
    client = world.app.test_client()
    page = client.get(there)
    assert page.status_code == 200
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert client.head(there).status_code == 200
    assert client.get(f"{there}/go").status_code == 405
    assert client.get(there + "x").status_code == 404
    with world.database.read() as session:
        [duty] = session.scalars(select(WaveDuty)).all()
        assert (duty.answer, duty.said_at) == ("open", None)
    assert rung("wave", "duty", "link", wave, "--duty", SALES).code == 0
    assert client.get(there).status_code == 404
    there = link_of(rung, wave)
    assert client.get(there).status_code == 200
    rung("wave", "duty", "link", wave, "--duty", SALES, "--revoke")
    gone = client.get(there)
    assert gone.status_code == 404
    assert "This link leads nowhere any more." in gone.text
    rung("wave", "duty", "link", wave, "--duty", SALES)
    there = link_of(rung, wave)
    clock.forward(days=31)
    assert client.get(there).status_code == 404


def test_going_on_without_a_duty_takes_a_reason_and_a_later_no_counts_again(
    world: DemoWorld, rung: Rung, wave: str
) -> None:
    there = named(rung, wave)
    pages = Pages(world.app).as_operator("chief")
    pages.get(f"/waves/{wave}/duties")
    page = pages.submit("/waves/duties/1/without", status=422)
    assert "Say why it goes on without them." in page.content
    pages.submit("/waves/duties/1/without", reason="On leave until May.")
    shown = pages.get(f"/waves/{wave}").content
    assert "chief" in shown and "On leave until May." in shown
    Pages(world.app).post(f"{there}/no", {"words": "Stop!"})
    assert rung("wave", "apply", wave).code == 1
    assert rung("wave", "duty", "out", wave, "--duty", SALES).code == 1
    again = ("wave", "duty", "without", wave, "--duty", SALES, "--reason", "Agreed.")
    assert rung(*again).code == 0
    assert rung(*again).code == 1
    assert rung("wave", "apply", wave).code == 0


def test_more_people_wait_for_the_go_of_the_duties_named_at_the_gate(
    world: DemoWorld, settings: Settings, rung: Rung, wave: str
) -> None:
    world.apply(int(wave), settings)
    world.run()
    there = named(rung, wave)
    told = rung("wave", "gate", wave, "--json").json
    assert [line["met"] for line in told["lines"] if line["line"] == "duty:1"] == [
        False
    ]
    with world.parts.acting("anna") as act, pytest.raises(Refused) as error:
        decide_wave(act, int(wave), DecisionKind.SCALE, "I am sure.")
    assert "Head of sales (Eve) has not said go yet." in str(error.value.details)
    Pages(world.app).post(f"{there}/no")
    assert rung("wave", "gate", wave, "--json").json["outcome"] == "failed"
    Pages(world.app).post(f"{there}/go")
    with world.parts.acting("anna") as act:
        decide_wave(act, int(wave), DecisionKind.SCALE, "I am sure.")
    with world.database.read() as session:
        [decision] = session.query(Decision).all()
    assert [line["ok"] for line in decision.gate if line["key"] == "duty:1"] == [True]
    assert "This is over." in Pages(world.app).get(there).content
    named_late = rung("wave", "duty", "name", wave, "--duty", "HR", "--person", "eve")
    assert named_late.code == 1


def test_the_link_is_mailed_and_stands_in_no_table(
    world: DemoWorld, rung: Rung, wave: str
) -> None:
    assert rung("wave", "duty", "mail", wave).code == 1
    named(rung, wave)
    with world.parts.acting("chief") as act:
        url = "mailto://mail.demo.example?from=desk@demo.example&to={address}"
        add_channel(act, ChannelDraft("Mail", ChannelKind.MAIL, url))
    with world.database.write() as session:
        session.scalars(select(Person).where(Person.uid == "eve")).one().mail = MAIL
        audit.record(session, "test", "person.change", "person:1", "A mail address")
    told = rung("wave", "duty", "mail", wave, "--json")
    assert (told.json["asked"], told.json["without_mail"]) == (["Eve"], [])
    with world.database.read() as session:
        [message] = session.scalars(select(Message)).all()
        [delivery] = session.scalars(select(Delivery)).all()
        settings = world.parts.settings
        sent = with_answer_link(session, delivery.recipient, message.text, settings)
    assert "/g/" not in message.text
    assert link_of(rung, wave) in sent
    assert "You are asked as Head of sales" in sent


@pytest.mark.parametrize(
    ("state", "rung_state", "begun", "moment"),
    [
        (WaveState.PLANNED, IterationState.PLANNED, False, DutyMoment.START),
        (WaveState.ARMED, IterationState.RUNNING, False, DutyMoment.START),
        (WaveState.APPLYING, IterationState.RUNNING, True, None),
        (WaveState.SOAKING, IterationState.RUNNING, True, DutyMoment.SCALE),
        (WaveState.CONFIRMED, IterationState.DECIDED, True, None),
        (WaveState.WITHDRAWN, IterationState.ABORTED, False, None),
        (WaveState.UNDONE, IterationState.DECIDED, True, None),
    ],
)
def test_a_duty_is_asked_before_the_start_or_before_more_people_and_then_no_more(
    state: WaveState,
    rung_state: IterationState,
    begun: bool,
    moment: DutyMoment | None,
) -> None:
    assert moment_now(state, rung_state, begun=begun) is moment
