"""After hundreds of deeds, pressed on every form of the demo company, no secret stands in the
trail.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from io import BytesIO
from urllib.parse import urldefrag, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, text
from werkzeug.exceptions import HTTPException

from app import create_app
from app.auth.actions import invite_again
from app.auth.tokens import SCOPES, give_token
from app.core.audit import AuditEvent
from app.core.masking import secret_columns
from app.core.parts import DEMO, KEY, Parts
from app.core.settings import Settings
from app.core.trail import NEEDED
from app.models.auth import Operator
from app.upkeep.stories.company import seed
from tests.access.builders import demo_world
from tests.acting import acting
from tests.conftest import Clock, shut
from tests.databases import Shelf
from tests.html import Node, parse
from tests.pages import PASSWORD, Pages

MOST_PAGES = 700
PER_PLACE = 3
"""How many pages of one kind are opened, so that not every incident of the company is walked."""

TYPED = "only-the-typed-secret-4711"
"""What is typed into every field for a password, an address of a channel or a reference."""

NEVER_PRESSED = (
    "/sign-out",
    "/account/password",
    "/sign-in",
    "/account/sign-ins",
    "/operators",
)
"""They would end the walk or take the walker's permissions away; the deeds behind the last are done
by hand.
"""

LAST = ("remove", "retire", "discard", "unpublish", "freeze", "take-out", "end")
"""They take away what other deeds need, so they are pressed when all others were."""


class Spied:
    """Every secret that the program made while somebody looked on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: set[str] = set()
        for name in ("token_urlsafe", "token_hex"):
            monkeypatch.setattr(secrets, name, self._telling(getattr(secrets, name)))

    def _telling(self, make):  # type: ignore[no-untyped-def]
        def making(size: int | None = None) -> str:
            made: str = make(size)
            self.made.add(made)
            return made

        return making


class Walker:
    """Opens pages by following links, and presses every form once, filled with something that may
    do.
    """

    def __init__(self, pages: Pages) -> None:
        self.pages, self.client = pages, pages.client
        self.seen: dict[str, int] = {}
        self.pressed: set[str] = set()
        self.waiting = ["/"]
        self.later: list[tuple[Node, str]] = []
        self.opened: set[str] = set()

    def walk(self) -> None:
        self._follow()
        for form, action in self.later:
            self._press(form, action)
        self._follow()

    def _follow(self) -> None:
        while self.waiting and len(self.opened) < MOST_PAGES:
            address = urldefrag(self.waiting.pop(0)).url
            if address not in self.opened and self._wanted(address):
                self.opened.add(address)
                self._open(address)

    def _open(self, address: str) -> None:
        answer = self.client.get(address, follow_redirects=True, buffered=True)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            return
        root, _ = parse(answer.text)
        self.waiting += [
            node.attrs["href"]
            for node in root.all("a")
            if node.attrs.get("href", "").startswith("/")
        ]
        for form in root.all("form"):
            if form.attrs.get("method", "get").lower() == "post":
                action = form.attrs.get("action") or answer.request.path
                if (
                    action.split("/")[-1] in LAST
                    and self._place(action) not in self.pressed
                ):
                    self.later.append((form, action))
                else:
                    self._press(form, action)

    def _press(self, form: Node, action: str) -> None:
        place = self._place(action)
        if place in self.pressed or action.startswith(NEVER_PRESSED):
            return
        buttons = [node for node in form.all("button") if "name" in node.attrs] or [
            Node("button")
        ]
        for button in buttons:
            sent = {**filled(form), **pressed(button)}
            answer = self.client.post(
                action, data=sent, content_type="multipart/form-data", buffered=True
            )
            assert answer.status_code < 500, (action, answer.text[:300])
            if answer.status_code in (302, 303):
                self.pressed.add(place)
                self._led_to(answer.headers["Location"])

    def _led_to(self, address: str) -> None:
        # What a deed made is looked at before all others, however many of its kind were seen.
        self.seen[self._place(address)] = 0
        self.waiting.insert(0, address)

    def _wanted(self, address: str) -> bool:
        place = self._place(address)
        self.seen[place] = self.seen.get(place, 0) + 1
        return self.seen[place] <= PER_PLACE

    def _place(self, address: str) -> str:
        # The kind of page, not the one page: otherwise a deed that adds what it is offered again
        # under a new name (a question of a script) never comes to its end.
        path = urlsplit(address).path
        routes = self.pages.app.url_map.bind("localhost")
        for method in ("GET", "POST"):
            try:
                return str(routes.match(path, method=method)[0])
            except HTTPException:
                continue
        return path


def filled(form: Node) -> dict[str, object]:
    """Return what a form sends when somebody writes something into every empty field."""
    found: dict[str, object] = {}
    for node in form.walk():
        name, kind = node.attrs.get("name", ""), node.attrs.get("type", "text")
        if not name or "disabled" in node.attrs or node.tag == "button":
            continue
        if node.tag == "select":
            options = [
                option.attrs.get("value", option.text) for option in node.all("option")
            ]
            found[name] = next((option for option in reversed(options) if option), "")
        elif kind == "file":
            found[name] = (BytesIO(b"name,title\nx,y\n"), "a.csv")
        elif kind in ("checkbox", "radio"):
            if name not in found or "checked" in node.attrs:
                found[name] = node.attrs.get("value", "on")
        else:
            found[name] = written(node, kind, name)
    return found


def written(node: Node, kind: str, name: str) -> str:
    held = node.attrs.get("value", "") or node.text
    if kind == "password" or "secret" in name:
        return PASSWORD if name in ("password", "present") else TYPED
    if held:
        return held
    usual = {
        "date": "2026-03-09",
        "number": "2",
        "email": "paula@example.org",
        "time": "10:00",
        "url": "https://example.org/",
    }
    return usual.get(kind, "Something to say")


def pressed(button: Node) -> dict[str, str]:
    return (
        {button.attrs["name"]: button.attrs.get("value", "")}
        if "name" in button.attrs
        else {}
    )


@pytest.fixture
def company(databases: Shelf, tmp_path, monkeypatch) -> Iterator[tuple[Flask, Spied]]:  # type: ignore[no-untyped-def]
    with databases.copy(tmp_path) as url:
        settings = Settings(
            home=tmp_path,
            database_url=url,
            secret_key="only for tests " * 3,
            channel_nets="mail",
        )
        spied = Spied(monkeypatch)
        app = create_app(settings, now=Clock(), ring=lambda: None)
        app.config["WTF_CSRF_ENABLED"] = False
        seed(app.extensions[KEY], app.extensions[DEMO], by="demo")
        yield app, spied
        shut(app)


def give_secrets(parts: Parts) -> None:
    """Make what only an operator's own pages make: tokens of programs and links for set-up."""
    with parts.database.write() as session:
        admin = session.scalars(
            select(Operator).where(Operator.name == "approver")
        ).one()
        invite_again(acting(session, "admin", parts.now()), admin.id)
        give_token(
            acting(session, "admin", parts.now()),
            "admin",
            "wallboard",
            SCOPES[:1],
            None,
        )


def secrets_in_tables(parts: Parts) -> dict[str, str]:
    found = {}
    with parts.database.read() as session:
        for kind, name in secret_columns():
            values = session.scalars(select(getattr(kind, name)))
            found |= {
                value: f"{kind.__tablename__}.{name}" for value in values if value
            }
    return found


def test_no_secret_and_no_token_stands_in_the_trail_after_every_form_of_the_company_was_sent(
    company: tuple[Flask, Spied],
) -> None:
    app, spied = company
    walker = Walker(Pages(app).as_operator("admin"))
    walker.walk()
    give_secrets(walker.pages.parts)
    actions = check_the_trail(walker.pages.parts, spied.made | {PASSWORD, TYPED})
    assert len(walker.pressed) > 80, sorted(walker.pressed)
    assert len(actions) > 90, sorted(actions)


def test_no_password_of_a_directory_stands_in_the_trail_after_people_were_moved_and_moved_back(
    settings: Settings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    spied = Spied(monkeypatch)
    with demo_world(settings, clock) as world:
        world.approve(world.wave(world.role(), "ada", "cyd"), settings)
        world.apply(1, settings)
        world.run()
        world.app.config["WTF_CSRF_ENABLED"] = False
        pages = Pages(world.app).as_operator("anna")
        pages.get("/waves/1/undo")
        pages.submit()
        world.run()
        Walker(pages).walk()
        world.run()
        passwords = {file.read_text() for file in (settings.home / "secrets").iterdir()}
        actions = check_the_trail(
            world.parts, spied.made | passwords | {PASSWORD, TYPED}
        )
    assert {"wave.approve", "wave.apply", "switch.soaking", "switch.undo"} <= actions, (
        sorted(actions)
    )


def check_the_trail(parts: Parts, secret: set[str]) -> set[str]:
    """Fail when the trail holds one of these, a secret of any table, or a kind nobody may read;
    return its actions.
    """
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
        rows = session.execute(
            text(f"SELECT {', '.join(columns)} FROM audit_event")
        ).all()
        actions = set(session.scalars(select(AuditEvent.action).distinct()))
    trail = "\n".join(str(part) for row in rows for part in row)
    known = {
        **dict.fromkeys(secret, "made, typed or kept in a file"),
        **secrets_in_tables(parts),
    }
    assert {
        where for value, where in known.items() if len(value) > 7 and value in trail
    } == set()
    assert {
        action for action in actions if action.partition(".")[0] not in NEEDED
    } == set()
    return actions
