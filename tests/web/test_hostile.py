"""Every address, every way to ask it, and what strangers send: an answer, never "something went
wrong".
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask
from werkzeug.routing import Rule

from app import create_app
from app.auth.tokens import give_token
from app.core.parts import DEMO, KEY
from app.core.settings import Settings
from app.upkeep.stories.company import seed
from tests.conftest import Clock, shut
from tests.databases import Shelf
from tests.incidents.builders import Desk
from tests.pages import HTMX, Pages
from tests.web.hostile import (
    BODIES,
    FILES,
    HEADERS,
    addresses,
    file_of,
    mixed,
    names_of,
    takes_files,
)

GROUPS = 16
MIXES = 5
# They end the visit that the walk needs.
LEFT_OUT = {"auth.sign_out", "auth.password"}


@pytest.fixture(scope="module")
def filled(
    databases: Shelf, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The app with the demo company, so that addresses with a number lead to pages."""
    home: Path = tmp_path_factory.mktemp("hostile")
    with databases.copy(home) as url:
        settings = Settings(
            home=home,
            database_url=url,
            secret_key="only for tests " * 3,
            cti_secret="telephone " * 4,
        )
        app = create_app(settings, now=Clock(), ring=lambda: None)
        seed(app.extensions[KEY], app.extensions[DEMO], by="demo")
        app.config["WTF_CSRF_ENABLED"] = False
        yield app
        shut(app)


class Walk:
    """Sends what is hostile and notes every answer above 499 and everything raised."""

    def __init__(self, app: Flask) -> None:
        self.app, self.faults = app, list[str]()
        self.browser = Pages(app)
        self.secret = ""

    def sign_in(self) -> None:
        self.browser.as_operator("anna")
        if not self.secret:
            desk = Desk(self.browser.parts.database, self.browser.parts.now())
            _, self.secret = desk.do(give_token, "anna", "walk", ("read", "desk"), None)

    def ask(self, method: str, address: str, **sent: object) -> None:
        headers = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        headers |= sent.pop("headers", {})  # type: ignore[call-overload]
        try:
            answer = self.browser.client.open(
                address, method=method, headers=headers, **sent
            )
        except Exception as error:  # noqa: BLE001 (all of them are looked for)
            self.faults.append(
                f"{method} {address[:90]} {str(sent)[:600]}: {type(error).__name__}: "
                f"{str(error)[:300]}"
            )
            return
        if answer.status_code >= 500 and answer.status_code != 503:
            self.faults.append(
                f"{method} {address[:90]} {str(sent)[:600]}: {answer.status_code}"
            )
        answer.close()


def group(app: Flask, number: int) -> list[tuple[Rule, str]]:
    rules = sorted(
        app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)
    )
    pairs = [
        (rule, method)
        for rule in rules
        for method in sorted((rule.methods or set()) & {"GET", "POST"})
    ]
    return [pair for pair in pairs if pair[0].endpoint not in LEFT_OUT][number::GROUPS]


@pytest.mark.parametrize("number", range(GROUPS))
def test_no_hostile_value_in_any_place_of_any_address_is_answered_with_500(
    filled: Flask, number: int
) -> None:
    walk = Walk(filled)
    for rule, method in group(filled, number):
        walk.sign_in()
        usual, *others = addresses(rule)
        # What is posted is asked for as htmx does: faults are answered as a line then, not as a
        # page.
        headers = HTMX if method == "POST" else {}
        for address in others:
            walk.ask(method, address, headers=headers)
        names = names_of(filled, rule)
        for mix in range(MIXES):
            fields = mixed(names, f"{rule.rule} {method} {mix}")
            query = f"{usual}?{urlencode(fields)}"
            if method == "GET":
                walk.ask(method, query)
                continue
            dice = random.Random(f"{rule.rule} {mix}")
            walk.ask(
                method,
                usual,
                data={**dict(fields), "file": file_of(dice)}
                if mix % 2
                else dict(fields),
            )
    assert not walk.faults, f"{len(walk.faults)} faults\n" + "\n".join(walk.faults)


def test_no_stranger_is_answered_with_500(filled: Flask) -> None:
    walk = Walk(filled)
    for number in range(GROUPS):
        for rule, method in group(filled, number):
            for address in addresses(rule)[-12:]:
                walk.ask(
                    method,
                    address,
                    data=dict(mixed(("next", "name", "text"), rule.rule)),
                )
    assert not walk.faults, "\n".join(walk.faults)


@pytest.mark.parametrize("headers", HEADERS, ids=lambda headers: next(iter(headers)))
def test_no_header_is_answered_with_500(filled: Flask, headers: dict[str, str]) -> None:
    walk = Walk(filled)
    walk.sign_in()
    for address in (
        "/",
        "/healthz",
        "/desk",
        "/api/v1/incidents",
        "/static/site.css",
        "/nowhere",
        "/sign-in",
    ):
        walk.ask("GET", address, headers=headers)
        walk.ask("POST", address, headers=headers, data=b"a=b&c=%ff%00")
    walk.ask("POST", "/api/cti", headers=headers, data=b"{}")
    assert not walk.faults, "\n".join(walk.faults)


@pytest.mark.parametrize("body", BODIES, ids=lambda body: body[:24].decode("latin-1"))
def test_every_body_sent_to_the_interface_for_programs_is_answered_with_json(
    filled: Flask, body: bytes
) -> None:
    walk = Walk(filled)
    walk.sign_in()
    headers = {"Authorization": f"Bearer {walk.secret}"}
    for rule in filled.url_map.iter_rules():
        if not rule.rule.startswith("/api/v1/") or "POST" not in (rule.methods or ()):
            continue
        for kind in ("application/json", "text/plain"):
            sent = {"data": body, "content_type": kind, "headers": headers}
            answer = walk.browser.client.post(addresses(rule)[0], **sent)
            assert answer.status_code < 500, (rule.rule, answer.text[:300])
            assert answer.is_json, (rule.rule, answer.status_code, answer.mimetype)


@pytest.mark.parametrize("number", range(len(FILES)))
def test_no_file_is_answered_with_500(filled: Flask, number: int) -> None:
    walk = Walk(filled)
    walk.sign_in()
    for rule in filled.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and takes_files(filled, rule):
            walk.ask(
                "POST",
                addresses(rule)[0],
                data={"file": (BytesIO(FILES[number]), "a.csv")},
            )
    assert not walk.faults, "\n".join(walk.faults)
