"""What the audit trail may hold, and who may read it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.auth.actions import add_operator, invite_again, prepared, set_password
from app.auth.tokens import SCOPES, give_token
from app.core import audit
from app.core.audit import AuditEvent
from app.core.db import Base
from app.core.masking import MASK, is_secret, masked, secret_columns
from app.core.parts import DEMO, KEY, Parts
from app.core.settings import PROJECT
from app.core.trail import NEEDED, OPERATORS, needed
from app.incidents.requester.actions import renew_link
from app.models.incidents.incident import Incident
from app.upkeep.stories.company import seed
from tests.acting import acting
from tests.pages import Pages

SOUNDS_SECRET = re.compile(
    r"token|secret|password|passwd|hash|credential|cookie|(^|_)url$|(^|_)pin$|salt|private"
)
HARMLESS = {
    ("asked_pack", "hash"): "a fingerprint of what was packed",
    ("audit_event", "hash"): "a link of the chain",
    ("audit_head", "hash"): "the last link of the chain",
    ("business_case", "hash"): "a fingerprint of what was frozen",
    ("delivery", "token"): "which worker holds it",
    ("directory", "url"): "an address without a password",
    ("directory", "bind_password"): "where the password lies, never the password",
    ("directory", "write_password"): "where the password lies, never the password",
    ("improvement_note", "url"): "a link that people follow",
    ("iteration_snapshot", "hash"): "a fingerprint of what was frozen",
    ("lease", "token"): "a number that grows",
    ("step", "token"): "the number of the lease",
    ("wave", "plan_hash"): "a fingerprint of the plan",
    ("wave", "approved_hash"): "a fingerprint of the plan",
}
TITLE = "My salary slip leaked"


@pytest.fixture
def reader(app: Flask) -> Pages:
    return Pages(app).as_operator("anna", permissions=("read",))


@pytest.fixture
def agent(app: Flask) -> Pages:
    return Pages(app).as_operator("dora", permissions=("read", "desk"))


@pytest.fixture
def reported(app: Flask) -> Parts:
    parts: Parts = app.extensions[KEY]
    with parts.database.write() as session:
        audit.record(
            session,
            "Paula Meier (requester)",
            "incident.reported",
            "incident:17",
            f"Reported: {TITLE}",
            after={"title": TITLE, "mail_token": "4b44e534eb"},
            reason="It says 4,000",
        )
        audit.record(session, "anna", "team.add", "team:1", "Added the team Desk")
    return parts


@pytest.fixture
def company(app: Flask) -> Iterator[Parts]:
    """The demo company, and after it the deeds that make or change secrets."""
    parts: Parts = app.extensions[KEY]
    with app.app_context():
        seed(parts, app.extensions[DEMO], by="console")
    now = parts.now()
    with parts.database.write() as session:
        operator = add_operator(acting(session, "admin", now), "otto", ("read", "desk"))
        invite_again(acting(session, "admin", now), operator.id)
        give_token(acting(session, "otto", now), "otto", "wallboard", SCOPES[:1], None)
        set_password(
            acting(session, "otto", now),
            "otto",
            prepared("a long password of otto", "otto"),
        )
        for number in session.scalars(select(Incident.id)).all():
            renew_link(acting(session, "admin", now), number)
    yield parts
    app.extensions[DEMO].close()


def the_trail(parts: Parts) -> str:
    with parts.database.read() as session:
        columns = (
            "actor",
            "action",
            "subject",
            "label",
            '"before"',
            '"after"',
            "reason",
        )
        rows = session.execute(text(f"SELECT {', '.join(columns)} FROM audit_event"))
        return "\n".join(str(part) for row in rows for part in row)


def secrets_of(parts: Parts) -> dict[str, str]:
    """Return every secret that stands in any table, with the column it stands in."""
    found = {}
    with parts.database.read() as session:
        for kind, name in secret_columns():
            for value in session.scalars(select(getattr(kind, name))):
                if value:
                    found[value] = f"{kind.__tablename__}.{name}"
    return found


def test_no_secret_of_any_column_stands_in_the_trail(company: Parts) -> None:
    trail, secrets = the_trail(company), secrets_of(company)
    assert {
        "incident.mail_token",
        "operator.password_hash",
        "setup_link.token_hash",
    } <= set(secrets.values())
    assert [where for secret, where in secrets.items() if secret in trail] == []
    assert "New link for the requester" in trail


def test_every_column_that_sounds_secret_says_whether_it_is(app: Flask) -> None:
    secret = {(kind.__tablename__, name) for kind, name in secret_columns()}
    columns = [
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.c
    ]
    sounding = {found for found in columns if SOUNDS_SECRET.search(found[1])}
    unsaid = sounding - secret - set(HARMLESS)
    assert unsaid == set(), (
        "declare info=SECRET on the column, or say in HARMLESS why it is none"
    )
    assert set(HARMLESS) <= sounding - secret


@pytest.mark.parametrize(
    ("subject", "name", "secret"),
    [
        ("incident:17", "mail_token", True),
        ("improvement:3", "incident:17.mail_token", True),
        ("wave:1", "mail_token", True),
        ("channel:1", "url", True),
        ("note:1", "url", False),
        ("wave:1", "approved_hash", False),
        ("operator:1", "password_hash", True),
        ("operator:1", "permissions", False),
    ],
)
def test_secrets_are_known_by_table_and_name(
    app: Flask, subject: str, name: str, secret: bool
) -> None:
    assert is_secret(subject, name) is secret


def test_secrets_are_masked_at_any_depth(app: Flask) -> None:
    values = {
        "incidents": [{"mail_token": "4b44e534eb", "title": "x"}],
        "mail_token": "",
    }
    assert masked("incident:1", values) == {
        "incidents": [{"mail_token": MASK, "title": "x"}],
        "mail_token": "",
    }


def test_who_may_not_read_the_desk_sees_the_number_of_an_incident_alone(
    reported: Parts, reader: Pages
) -> None:
    for page in (
        reader.get("/audit").content,
        reader.get("/audit?subject=incident:17").content,
    ):
        assert "incident:17" in page
        assert "needs the permission desk" in page
        assert not [word for word in (TITLE, "Paula Meier", "4,000") if word in page]
    export = reader.client.get("/audit/export").text
    assert "incident:17" in export
    assert not [
        word for word in (TITLE, "Paula Meier", "4,000", "4b44e534eb") if word in export
    ]


@pytest.mark.parametrize(
    "query", ["?text=salary", "?text=4,000", "?actor=Paula+Meier+(requester)"]
)
def test_looking_for_words_finds_nothing_that_is_hidden(
    reported: Parts, reader: Pages, query: str
) -> None:
    assert "No event fits" in reader.get(f"/audit{query}").content
    assert "incident:17" not in reader.client.get(f"/audit/export{query}").text


def test_the_desk_reads_its_own_events(reported: Parts, agent: Pages) -> None:
    page = agent.get("/audit?text=salary").content
    assert TITLE in page
    assert "Paula Meier" in page


def test_secrets_that_older_versions_recorded_are_masked_when_shown(
    reported: Parts, agent: Pages
) -> None:
    # Written as it once was: the chain keeps it, no page shows it.
    with reported.database.write() as session:
        event = audit.record(
            session,
            "dora",
            "incident.changed",
            "incident:18",
            "New link",
            after={"x": 1},
        )
        session.flush()
        assert event.id
    with reported.database.engine.begin() as connection:
        if reported.database.is_sqlite:
            connection.exec_driver_sql("DROP TRIGGER audit_event_no_update")
        else:
            connection.exec_driver_sql("ALTER TABLE audit_event DISABLE TRIGGER ALL")
        old = """UPDATE audit_event SET "after" = '{"mail_token":"342d54608b"}'
            WHERE subject = 'incident:18'"""
        connection.exec_driver_sql(old)
    for shown in (agent.get("/audit").content, agent.client.get("/audit/export").text):
        assert "New link" in shown
        assert "342d54608b" not in shown


def test_every_kind_of_event_says_who_may_read_it(company: Parts) -> None:
    with company.database.read() as session:
        actions = set(session.scalars(select(AuditEvent.action).distinct()))
    assert {
        action for action in actions if action.partition(".")[0] not in NEEDED
    } == set()


def test_every_noun_that_the_program_records_is_in_the_table() -> None:
    found = {
        noun
        for path in sorted((PROJECT / "app").rglob("*.py"))
        for noun in recorded_nouns(path.read_text())
    }
    assert len(found) > 15
    assert found - set(NEEDED) == set()


def test_a_kind_that_nobody_named_is_for_those_who_manage_permissions() -> None:
    assert needed("novelty.do") == OPERATORS


def recorded_nouns(source: str) -> set[str]:
    """Return what the actions begin with that calls of ``record`` in a source name."""
    found = set()
    for call in (
        node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)
    ):
        if getattr(call.func, "attr", "") == "record":
            texts = (constant_start(argument) for argument in call.args)
            found |= {
                text.partition(".")[0]
                for text in texts
                if re.match(r"[a-z][a-z-]*\.", text)
            }
    return found


def constant_start(argument: ast.expr) -> str:
    first = (
        argument.values[0]
        if isinstance(argument, ast.JoinedStr) and argument.values
        else argument
    )
    return (
        first.value
        if isinstance(first, ast.Constant) and isinstance(first.value, str)
        else ""
    )


def test_events_whose_action_is_one_word_are_found_by_who_did_it(
    app: Flask, reader: Pages
) -> None:
    with reader.parts.database.write() as session:
        for action in ("freeze", "unfreeze"):
            audit.record(session, "berta", action, "freeze:1", f"Did {action}")
    page = reader.get("/audit?actor=berta").content
    assert "Did freeze" in page
    assert "Did unfreeze" in page


def test_the_mark_of_an_incident_that_older_versions_recorded_is_masked_when_shown(
    app: Flask, agent: Pages
) -> None:
    subject = "[#12-0123456789] The till"
    with agent.parts.database.write() as session:
        audit.record(
            session,
            "mail",
            "message.send",
            "message:1",
            f"Sent “{subject}” to 1",
            after={"subject": subject},
        )
    for shown in (agent.get("/audit").content, agent.client.get("/audit/export").text):
        assert "[#12-…] The till" in shown
        assert "0123456789" not in shown
