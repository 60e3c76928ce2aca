"""Who gets in and for how long, where links lead, and how permissions are changed without the
browser.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from app.auth import actions, signing_in
from app.auth.rules import NAMES
from app.auth.upgrading import ORIGINS, grant_new_permissions
from app.core.addresses import noted_address, public_address
from app.core.audit import AuditEvent, verify
from app.core.db import Database
from app.core.parts import KEY
from app.core.settings import Settings
from app.models.auth import KnownPermission, Notice, Operator
from tests.conftest import Clock, Rung, runner_for, shut
from tests.pages import HTMX, PASSWORD, Pages

NEW = "another good password"


@pytest.fixture
def busy(settings: Settings, clock: Clock) -> Iterator[Flask]:
    """An app whose sign-ins end after two idle hours, as they do unless the settings say
    otherwise.
    """
    app = create_app(replace(settings, idle_hours=2.0), now=clock)
    yield app
    shut(app)


def test_guessing_the_present_password_is_locked_as_at_the_sign_in(
    app: Flask, clock: Clock
) -> None:
    anna = Pages(app).as_operator("anna")
    for _ in range(5):
        anna.get("/account")
        page = anna.submit(
            "/account/password",
            old="wrong wrong wrong",
            password=NEW,
            again=NEW,
            status=422,
        )
        assert page.errors == ["This is not your present password."]
    anna.get("/account")
    page = anna.submit(
        "/account/password", old=PASSWORD, password=NEW, again=NEW, status=422
    )
    assert "Too many wrong passwords" in page.errors[0]
    clock.forward(minutes=16)
    anna.get("/account")
    anna.submit("/account/password", old=PASSWORD, password=NEW, again=NEW)


def test_no_password_is_hashed_while_the_database_is_held(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = Pages(app).as_operator("anna")
    anna.get("/account")
    open_writes: list[int] = []
    write = Database.write

    class Held:
        def __init__(self, inner: object) -> None:
            self.inner = inner

        def __enter__(self) -> object:
            open_writes.append(1)
            return self.inner.__enter__()  # type: ignore[attr-defined]

        def __exit__(self, *rest: object) -> object:
            open_writes.pop()
            return self.inner.__exit__(*rest)  # type: ignore[attr-defined]

    monkeypatch.setattr(
        Database, "write", lambda self, **more: Held(write(self, **more))
    )
    hashed = []

    class Watching:
        def __getattr__(self, name: str) -> object:
            hashed.append((name, len(open_writes)))
            return getattr(kept, name)

    kept = signing_in.HASHER
    monkeypatch.setattr(actions, "HASHER", Watching())
    anna.submit("/account/password", old=PASSWORD, password=NEW, again=NEW)
    assert ("hash", 0) in hashed
    assert all(held == 0 for _name, held in hashed)


def test_a_sign_in_that_is_not_used_ends_and_leads_back_to_the_page(
    busy: Flask, clock: Clock
) -> None:
    anna = Pages(busy).as_operator("anna")
    clock.forward(minutes=119)
    assert anna.get("/operators").h1 == "Operators"
    clock.forward(minutes=119)
    anna.get("/operators")
    clock.forward(minutes=121)
    page = anna.get("/operators?page=2")
    assert page.url == "/sign-in"
    assert page.root.one("input", name="next").attrs["value"] == "/operators?page=2"


def test_whatever_is_done_a_sign_in_ends_after_twelve_hours(
    busy: Flask, clock: Clock
) -> None:
    anna = Pages(busy).as_operator("anna")
    for _ in range(11):
        clock.forward(hours=1)
        assert anna.get("/account").url == "/account"
    clock.forward(hours=1)
    assert anna.get("/account").url == "/sign-in"


def test_a_page_that_asks_on_its_own_keeps_no_sign_in_alive(
    busy: Flask, clock: Clock
) -> None:
    anna = Pages(busy).as_operator("anna")
    anna.get("/account")
    for _ in range(7):
        clock.forward(minutes=20)
        anna.client.get("/desk/calls/ringing", headers=HTMX)
    assert anna.get("/account").url == "/sign-in"


def test_a_form_sent_after_the_end_leads_back_to_its_page_and_never_elsewhere(
    busy: Flask, clock: Clock
) -> None:
    anna = Pages(busy).as_operator("anna")
    clock.forward(hours=3)
    for referrer, back in (
        ("http://localhost/operators/1?x=1", "?next=/operators/1?x%3D1"),
        ("https://evil.example/x", ""),
        ("http://localhost//evil.example", ""),
        ("", ""),
        ("nonsense", ""),
    ):
        answer = anna.client.post("/sign-out", headers={"Referer": referrer})
        assert (answer.status_code, answer.headers["Location"]) == (
            303,
            f"/sign-in{back}",
        )
    current = {**HTMX, "HX-Current-URL": "http://localhost/desk/3"}
    assert (
        anna.client.post("/sign-out", headers=current).headers["HX-Redirect"]
        == "/sign-in?next=/desk/3"
    )


HOSTS = [
    "evil.example",
    "rung.example.org:9999",
    "rung.example.org.evil.example",
    "127.0.0.1:1",
]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("public", ["", "https://rung.example.org"])
def test_no_link_is_made_from_what_a_browser_claims(
    settings: Settings, clock: Clock, host: str, public: str
) -> None:
    app = create_app(replace(settings, public_url=public), now=clock)
    pages = Pages(app).as_operator("anna")
    token = (
        pages.get("/operators/new")
        .root.all("input", name="csrf_token")[0]
        .attrs["value"]
    )
    form = {"csrf_token": token, "name": "ben", "permissions": "read"}
    cookie = pages.client.get_cookie("rung")
    assert cookie is not None
    headers = {"Host": host, "Cookie": f"rung={cookie.value}"}
    text = (
        app.test_client(use_cookies=False)
        .post("/operators/new", data=form, headers=headers)
        .text
    )
    assert host not in text
    assert f"{public or 'http://127.0.0.1:8000'}/setup/" in text
    shut(app)


def test_the_host_of_the_public_address_is_trusted_by_itself(
    settings: Settings,
) -> None:
    app = create_app(
        replace(
            settings, public_url="https://rung.example.org", trusted_hosts="rung.intern"
        )
    )
    client = app.test_client()
    for host, status in (
        ("rung.example.org", 200),
        ("rung.intern", 200),
        ("evil.example", 400),
    ):
        assert client.get("/sign-in", headers={"Host": host}).status_code == status
    shut(app)


def test_the_command_line_prints_where_the_server_really_listens(
    settings: Settings,
) -> None:
    assert public_address(settings, "/x") == "http://127.0.0.1:8000/x"
    for listened, told in (
        ("http://127.0.0.1:4711", "http://127.0.0.1:4711"),
        ("http://0.0.0.0:80", "http://127.0.0.1:80"),
        ("http://[::]:81", "http://127.0.0.1:81"),
        ("http://[::1]:82", "http://[::1]:82"),
    ):
        with noted_address(settings, listened):
            assert public_address(settings, "/x") == f"{told}/x"
            assert (
                public_address(replace(settings, public_url="https://r.example/"), "/x")
                == "https://r.example/x"
            )
    assert (
        public_address(replace(settings, host="0.0.0.0", port=9), "/x")
        == "http://127.0.0.1:9/x"
    )
    (settings.home / "serving").write_bytes(b"\xff nonsense")
    assert public_address(settings) == "http://127.0.0.1:8000"


def test_permissions_are_given_and_taken_on_the_command_line(
    rung: Rung, app: Flask
) -> None:
    Pages(app).as_operator("anna")
    rung("operator", "add", "ben", "--permission", "read")
    done = rung(
        "operator",
        "change",
        "ben",
        "--add",
        "plan",
        "--add",
        "apply",
        "--remove",
        "read",
        "--json",
    )
    assert done.json == {
        "operator": "ben",
        "permissions": ["plan", "apply"],
        "person": "",
    }
    assert (
        rung("operator", "change", "BEN", "--person", "ben.uid", "--json").json[
            "person"
        ]
        == "ben.uid"
    )
    assert (
        rung("operator", "change", "ben", "--remove", "plan", "--remove", "apply").out
        == "ben may: nothing.\n"
    )
    database = app.extensions[KEY].database
    with database.read() as session:
        assert any(
            "ben: may now plan" in text for text in session.scalars(select(Notice.text))
        )


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["change", "anna"], 2, "Say what changes"),
        (["change", "anna", "--add", "root"], 1, "no permission root"),
        (["change", "anna", "--remove", "root"], 1, "no permission root"),
        (
            ["change", "anna", "--add", "read", "--remove", "read"],
            2,
            "given and taken at once",
        ),
        (["change", "nobody", "--add", "read"], 1, "no operator nobody"),
        (["disable", "nobody"], 1, "no operator nobody"),
        (["change", "anna", "--remove", "operators"], 1, "last"),
        (["disable", "anna"], 1, "last"),
        (["enable", "nobody"], 1, "no operator nobody"),
    ],
)
def test_what_must_not_be_changed_is_refused_in_one_line(
    rung: Rung, app: Flask, words: list[str], code: int, said: str
) -> None:
    Pages(app).as_operator("anna")
    done = rung("operator", *words)
    assert done.code == code
    assert said in done.err
    assert done.err.count("\n") == 1


def test_an_operator_is_disabled_and_enabled_on_the_command_line(
    rung: Rung, app: Flask
) -> None:
    Pages(app).as_operator("anna")
    ben = Pages(app).as_operator("ben")
    assert rung("operator", "disable", "ben", "--json").json == {
        "operator": "ben",
        "disabled": True,
    }
    assert ben.get("/account").url == "/sign-in"
    assert rung("operator", "disable", "anna").code == 1
    assert rung("operator", "enable", "ben").out == "ben can sign in again.\n"


OLD = ("read", "plan", "approve", "apply", "directory", "operators")
"""What there was before the desk."""


def an_old_operator(app: Flask, name: str, *permissions: str) -> None:
    Pages(app).as_operator(name, permissions=permissions)


def may(app: Flask, name: str) -> list[str]:
    with app.extensions[KEY].database.read() as session:
        found: list[str] = session.scalars(
            select(Operator.permissions).where(Operator.name == name)
        ).one()
        return found


def test_what_a_version_brings_goes_to_the_holders_of_what_it_came_from_once(
    app: Flask, rung: Rung
) -> None:
    an_old_operator(app, "anna", *OLD)
    an_old_operator(app, "paul", "read", "plan")
    an_old_operator(app, "rita", "read")
    done = rung("db", "upgrade", "--json")
    assert "paul may now “improve”, as holder of “plan”." in done.json["told"]
    assert (may(app, "paul"), may(app, "rita")) == (
        ["read", "plan", "improve"],
        ["read"],
    )
    assert set(may(app, "anna")) == set(NAMES) & {*OLD, *ORIGINS}
    with app.extensions[KEY].database.read() as session:
        events = list(
            session.scalars(select(AuditEvent).where(AuditEvent.actor == "upgrade"))
        )
        assert verify(session) is None
    assert [
        event.after["permissions"] for event in events if "paul" in event.label
    ] == [["read", "plan", "improve"]]
    rung("operator", "change", "paul", "--remove", "improve")
    assert rung("db", "upgrade", "--json").json["told"] == []
    assert may(app, "paul") == ["read", "plan"]


def test_what_was_given_or_taken_by_hand_is_left_as_it_is(
    app: Flask, rung: Rung
) -> None:
    an_old_operator(app, "anna", *OLD, "desk")
    an_old_operator(app, "paul", "read", "plan")
    rung("operator", "change", "paul", "--add", "improve")
    rung("operator", "change", "paul", "--remove", "improve")
    rung("db", "upgrade")
    assert may(app, "paul") == ["read", "plan"]
    assert "improve" not in may(app, "anna")
    assert "policy" in may(app, "anna")


def test_a_new_installation_remembers_all_and_gives_nothing(
    app: Flask, rung: Rung
) -> None:
    rung("db", "upgrade")
    an_old_operator(app, "paul", "plan", "operators")
    assert rung("db", "upgrade", "--json").json["told"] == []
    assert may(app, "paul") == ["plan", "operators"]
    with app.extensions[KEY].database.read() as session:
        assert set(session.scalars(select(KnownPermission.name))) == set(NAMES)


def test_every_origin_is_a_permission_of_its_own() -> None:
    assert ORIGINS.keys() | set(ORIGINS.values()) <= set(NAMES)
    assert not ORIGINS.keys() & set(ORIGINS.values())


def test_twice_in_one_go_is_once(app: Flask) -> None:
    parts = app.extensions[KEY]
    an_old_operator(app, "paul", "plan")
    with parts.database.write() as session:
        assert len(grant_new_permissions(session, now=parts.now())) == 1
        assert grant_new_permissions(session, now=parts.now()) == []


def test_the_doctor_and_the_upgrade_name_what_is_not_allowed_any_more_and_the_line_that_helps(
    app: Flask, rung: Rung, tmp_path: Path
) -> None:
    from tests.directory.builders import a_directory  # noqa: PLC0415

    parts = app.extensions[KEY]
    with parts.database.write() as session:
        a_directory(
            session,
            bind_password="file:/etc/rung/reader",
            write_dn="cn=w",
            write_password="env:RUNG_W",
        )
        a_directory(
            session,
            "Plain",
            url="ldap://ldap.acme.test",
            security="plaintext",
            bind_password="env:OLD",
        )
    told = {
        check["text"]
        for check in rung("doctor", "--json").json["checks"]
        if check["level"] == "problem"
    }
    upgraded = " ".join(rung("db", "upgrade", "--json").json["told"])
    for help_ in (
        "Set secrets_also to /etc/rung/reader.",
        "file:/etc/rung/reader may not be used.",
        "env:RUNG_W may not be used.",
        "Set secrets_env to MAIL_URL, SMS_URL, CHAT_URL,OLD.",
        "set plaintext_ldap to true",
    ):
        assert any(help_ in text for text in told), told
        assert help_ in upgraded


@pytest.mark.parametrize(
    ("changed", "subjects"),
    [
        ({}, ["address"]),
        ({"public_url": "https://r.example"}, ["proxy", "cookies"]),
        (
            {
                "public_url": "https://r.example",
                "trusted_proxies": 1,
                "secure_cookies": True,
            },
            [],
        ),
        ({"public_url": "http://r.example"}, []),
    ],
)
def test_the_doctor_warns_of_a_proxy_that_hides_who_comes(
    settings: Settings, changed: dict[str, object], subjects: list[str]
) -> None:
    app = create_app(replace(settings, **changed))
    checks = runner_for(app)("doctor", "--json").json["checks"]
    shut(app)
    assert [
        check["subject"]
        for check in checks
        if check["subject"] in ("address", "proxy", "cookies")
    ] == subjects
