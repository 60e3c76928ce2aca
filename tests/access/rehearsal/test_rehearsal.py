"""A wave is rehearsed by what a real server wrote of real questions, and asked again after it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import ldap3
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.access.rehearsal.rules import rehearse
from app.core.audit import AuditEvent
from app.core.parts import KEY
from app.core.settings import Settings
from app.directory.rules import DIRECT, RECURSIVE, QuestionLine, proposals
from app.models.directory import Entitlement
from app.models.directory.asking import AskedGroup, DirectoryLog
from app.models.people import Person
from ldap_sync.logs import Way
from tests.access.builders import World, a_world
from tests.access.engine.slapd_world import (
    SERVERS,
    SlapdWorld,
    company,
    person_dn,
    right_dn,
)
from tests.conftest import Clock, Rung
from tests.ldap_sync.servers import PASSWORD, READER, WRITER
from tests.ldap_sync.talkative import TalkativeSlapd
from tests.pages import Pages

GIT = "cn=git,ou=services,dc=acme,dc=test"


@pytest.fixture
def world(
    settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[SlapdWorld]:
    def start() -> TalkativeSlapd:
        return TalkativeSlapd(overlays=("memberof",))

    monkeypatch.setitem(SERVERS, "talkative", start)
    with company(settings, clock, kind="talkative") as world:
        world.lens("recursive")
        yield world


def ask(world: SlapdWorld, times: int = 1) -> None:
    """Look for members as an application does that knows nothing of nested groups."""
    door = ldap3.Server(world.server.url, get_info=ldap3.NONE)
    world.server.add(
        f"dn: {GIT}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\n"
        f"cn: git\nuserPassword: {PASSWORD}\n"
    )
    with ldap3.Connection(door, GIT, PASSWORD) as wire:
        for name in ("ada", "ben", "dot") * times:
            found = f"(member={person_dn(name)})"
            wire.search(right_dn("mail"), found, ldap3.BASE, attributes=["cn"])


def log_of(world: SlapdWorld) -> Path:
    assert isinstance(world.server, TalkativeSlapd)
    return world.server.log


def test_a_plan_that_an_application_would_not_see_is_named_before_it_runs(
    world: SlapdWorld,
) -> None:
    ask(world, times=4)
    world.role("mail", "post")
    wave = world.planned("ada", "ben")
    told = world.done("rehearse", wave, "--log", str(log_of(world)), code=3)
    assert (told["questions"], told["same"]) == (12, 0)
    [change] = told["changes"]
    assert change["right"] == "mail" and change["way"] == "member filter"
    assert change["askers"] == [GIT] and change["lost"] == ["ada", "ben"]
    [lens] = told["lenses"]
    assert (lens["right"], lens["noted"], lens["proposed"]) == (
        "mail",
        "recursive",
        "direct",
    )
    text = world.rung("rehearse", wave).out
    assert "12 questions: 0 same answer. 2 people would lose mail." in text


def test_with_the_lens_of_the_log_a_new_plan_loses_nothing_and_holds_live(
    world: SlapdWorld,
) -> None:
    ask(world)
    world.role("mail", "post")
    first = world.planned("ada", "ben")
    log = str(log_of(world))
    world.done("rehearse", first, "--log", log, "--accept-lenses", code=3)
    with world.parts.database.read() as session:
        mail = session.scalars(
            select(Entitlement).where(Entitlement.cn == "mail")
        ).one()
        lens = select(AuditEvent).where(AuditEvent.action == "right.lens")
        reasons = [event.reason for event in session.scalars(lens)]
    assert mail.lens == DIRECT
    assert len(reasons) == 1 and "member filter" in reasons[0] and GIT in reasons[0]
    world.done("wave", "withdraw", first, "--reason", "The log knows better.")
    wave = world.planned("ada", "ben")
    told = world.done("rehearse", wave)
    assert (told["questions"], told["same"], told["changes"]) == (3, 3, [])
    world.done("wave", "approve", wave, "--as", "olga")
    world.done("wave", "apply", wave)
    assert world.done("rehearse", wave, "--live")["live"]["differences"] == []
    world.server.take(right_dn("mail"), person_dn("ada"))
    after = world.done("rehearse", wave, "--live", code=3)["live"]["differences"]
    assert after == [
        {"person": "ada", "right": "mail", "lens": "direct", "promised": True}
    ]


def test_nothing_of_the_log_is_kept_but_who_asks_which_group_how(
    world: SlapdWorld,
) -> None:
    ask(world)
    door = ldap3.Server(world.server.url, get_info=ldap3.NONE)
    for account in (READER, WRITER):
        with ldap3.Connection(door, account, PASSWORD) as wire:
            wire.compare(right_dn("mail"), "member", person_dn("ada"))
    world.role("mail", "post")
    wave = world.planned("ada")
    world.rung("rehearse", wave, "--log", str(log_of(world)))
    with world.parts.database.read() as session:
        rows = list(session.scalars(select(AskedGroup)))
        assert [(row.account, row.way, row.count) for row in rows] == [
            (GIT, "member filter", 3)
        ]
        kept = " ".join(str(vars(row)) for row in rows)
    assert "ada" not in kept


def test_the_same_log_read_again_longer_takes_the_place_of_the_first(
    world: SlapdWorld, tmp_path: Path
) -> None:
    ask(world)
    world.role("mail", "post")
    wave = world.planned("ada")
    world.rung("rehearse", wave, "--log", str(log_of(world)))
    again = world.rung("rehearse", wave, "--log", str(log_of(world)), "--json").json
    assert again["questions"] == 3
    assert len(again["logs"]) == 1
    right = world.done("right", "show", "mail")["asked"]
    assert right["by"][0]["account"] == GIT and right["last"] is not None
    assert world.done("right", "show", "wiki")["asked"]["last"] is None


@pytest.fixture
def small(app: Flask, settings: Settings) -> World:
    people = {"ada": "mail post", "ben": "mail post"}
    world = a_world(app.extensions[KEY].database, people, plans=settings.plans)
    world.role()
    world.wave(1, "ada", "ben")
    return world


def lines(dn: str, *people: str) -> str:
    """Write what slapd writes when people themselves and a service compare a member."""
    head = "2026-03-01T08:00:00Z ldap slapd[1]: conn={} {}\n"
    text = ""
    for number, who in enumerate(people):
        text += head.format(number, f'op=0 BIND dn="{who}" mech=SIMPLE bind_ssf=0')
        text += head.format(number, f'op=1 CMP dn="{dn}" attr="member"')
    return text


def test_the_page_reads_a_log_and_says_what_it_keeps(app: Flask, small: World) -> None:
    browser = Pages(app).as_operator("olga")
    assert "No log was read" in browser.get("/waves/1/rehearsal").content
    with small.database.read() as session:
        mail = session.get_one(Entitlement, small.rights["mail"]).dn
    sent = io.BytesIO(lines(mail, "cn=wiki,dc=x").encode()), "slapd.log"
    browser.get("/waves/1/rehearsal")
    page = browser.submit("/waves/1/rehearsal", file=sent)
    assert "1 question: 0 same answer. 2 people would lose mail." in page.content
    assert "slapd.log" in page.content
    assert "Last asked" in browser.get(f"/rights/{small.rights['mail']}").content
    browser.get("/waves/1/rehearsal")
    page = browser.submit("/waves/1/rehearsal/lenses", right=str(small.rights["mail"]))
    with small.database.read() as session:
        assert session.get_one(Entitlement, small.rights["mail"]).lens == DIRECT
    page = browser.submit("/waves/1/rehearsal/1/forget")
    assert "No log was read" in page.content


def test_what_is_no_log_is_refused_at_its_field(app: Flask, small: World) -> None:
    browser = Pages(app).as_operator("olga")
    browser.get("/waves/1/rehearsal")
    page = browser.submit(
        "/waves/1/rehearsal", status=422, file=(io.BytesIO(b"hello\n"), "a.txt")
    )
    assert "This is no log that tells of searches" in page.content


def test_people_who_sign_in_themselves_stay_unnamed(
    small: World, rung: Rung, tmp_path: Path
) -> None:
    with small.database.read() as session:
        mail = session.get_one(Entitlement, small.rights["mail"]).dn
        ada = session.get_one(Person, small.people["ada"]).dn
    log = tmp_path / "log"
    log.write_text(lines(mail, ada, ada, "cn=wiki,dc=x"))
    told = rung("rehearse", "1", "--log", str(log), "--json").json
    assert told["questions"] == 3
    with small.database.read() as session:
        found = {row.account: row.count for row in session.scalars(select(AskedGroup))}
        assert found == {"people": 2, "cn=wiki,dc=x": 1}
        [row] = session.scalars(select(DirectoryLog))
        assert (row.first_day, row.last_day) == (date(2026, 3, 1), date(2026, 3, 1))


# ---- the rules ----

WAYS = st.sampled_from(list(Way))
PEOPLE = st.frozensets(st.integers(1, 5), max_size=5)
LINES = st.lists(
    st.builds(
        QuestionLine,
        right_id=st.sampled_from([None, 1, 2, 3]),
        account=st.sampled_from(["a", "b"]),
        address=st.just(""),
        way=WAYS,
        count=st.integers(1, 400),
        last_day=st.none(),
    ),
    max_size=12,
)
ANSWERS = st.fixed_dictionaries(
    {
        (right, lens): PEOPLE
        for right in (1, 2)
        for lens in (DIRECT, "memberof", RECURSIVE)
    }
)


@given(LINES, ANSWERS, ANSWERS)
def test_a_question_counts_as_the_same_only_where_its_set_is_the_same(
    asked: list[QuestionLine],
    before: dict[tuple[int, str], frozenset[int]],
    after: dict[tuple[int, str], frozenset[int]],
) -> None:
    found = rehearse(asked, before, after, (1, 2))
    met = [line for line in asked if line.right_id != 3]
    same = 0
    for line in met:
        meant = (1, 2) if line.right_id is None else (line.right_id,)
        if all(before[one, line.lens] == after[one, line.lens] for one in meant):
            same += line.count
    assert (found.questions, found.same) == (sum(one.count for one in met), same)
    for change in found.changes:
        assert change.lost or change.gained


@given(LINES)
def test_the_lens_that_sees_least_is_proposed_and_general_questions_prove_nothing(
    asked: list[QuestionLine],
) -> None:
    found = proposals(asked, {1: "unknown", 2: "unknown"})
    assert {one.right_id for one in found} == {
        line.right_id for line in asked if line.right_id in (1, 2)
    }
    for one in found:
        lenses = {line.lens for line in one.evidence}
        assert (one.proposed == DIRECT) == (DIRECT in lenses)
        assert (one.proposed == RECURSIVE) == (lenses == {RECURSIVE})
