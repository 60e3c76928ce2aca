"""A client for pages: follows redirects, submits forms as a browser would, and lints every HTML
answer.
"""

from __future__ import annotations

import secrets
from functools import cache
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from app.auth.queries import hash_token
from app.auth.rules import NAMES
from app.auth.signing_in import HASHER
from app.core.parts import KEY, Parts
from app.models.auth import Operator, SignIn
from tests.html import Node, faults_of_page, faults_of_piece, faults_of_pointers, parse

PASSWORD = "a good long password"
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}
REDIRECTS = (301, 302, 303, 307, 308)


class Page:
    """One answer. ``root`` is its tree; ``told`` the sentence in its status line."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.url = response.request.path
        self.html = response.text
        self.is_html = response.mimetype == "text/html"
        self.root, self._shape = (
            parse(self.html) if self.is_html else (Node("#root"), [])
        )

    @property
    def h1(self) -> str:
        """Return the headline."""
        return self.root.one("h1").text

    @property
    def text(self) -> str:
        """Return all a reader sees."""
        return self.root.text

    @property
    def content(self) -> str:
        """Return what a reader sees outside of the navigation."""
        return self.root.one("main").text

    @property
    def told(self) -> str:
        """Return what the status line says just happened."""
        line = self.root.one(role="status")
        said = line.all(class_="told-line")
        return said[0].text if said else line.text

    @property
    def undoable(self) -> bool:
        """Tell whether what just happened can be taken back beside that."""
        return bool(self.root.one(role="status").all(class_="undo"))

    @property
    def errors(self) -> list[str]:
        """Return what the page says is wrong with the form."""
        return [node.text for node in self.root.all(class_="field-error")]

    def form(self, action: str = "") -> Node:
        """Return the form in the content with this address, or the only one."""
        forms = [
            form
            for form in self.root.all("form")
            if form.above("main") and not form.all(class_="undo")
        ]
        fitting = [
            form
            for form in forms
            if not action or form.attrs.get("action", self.url) == action
        ]
        assert len(fitting) == 1, (
            f"{len(fitting)} forms for {action or 'the page'} of {[str(form) for form in forms]}"
        )
        return fitting[0]

    def rows(self, caption: str = "") -> list[list[str]]:
        """Return the cells' texts of the table with this caption (or the only one), without its
        head.
        """
        tables = [
            table
            for table in self.root.all("table")
            if caption in table.one("caption").text
        ]
        assert len(tables) == 1, f"{len(tables)} tables {caption!r}"
        rows = [row for row in tables[0].all("tr") if row.above("tbody")]
        return [
            [cell.text for cell in row.children if isinstance(cell, Node)]
            for row in rows
        ]

    def lint(self) -> None:
        """Fail when the answer breaks one of the rules every page keeps."""
        whole = "<html" in self.html
        found = [*self._shape, *faults_of_piece(self.root)]
        if whole:
            found += [
                *faults_of_page(self.root, self.html),
                *faults_of_pointers(self.root),
            ]
        headers = self.response.headers
        if "script-src 'self'" not in headers.get("Content-Security-Policy", ""):
            found.append("no Content-Security-Policy")
        if "HX-Request" not in headers.get("Vary", ""):
            found.append("Vary does not name HX-Request")
        if "no-store" not in headers.get("Cache-Control", ""):
            found.append("may be kept by a cache")
        assert not found, f"{self.url}: " + "; ".join(found)


class Pages:
    """A browser without script.

    Every answer in HTML is linted; the last one is kept in ``page``.
    """

    def __init__(self, app: Flask) -> None:
        app.testing = (
            True  # what nobody foresaw fails the test instead of becoming a page
        )
        self.app = app
        self.client = app.test_client()
        self.page: Page | None = None
        self._token = ""

    @property
    def parts(self) -> Parts:
        """Return the parts of the app under test."""
        parts: Parts = self.app.extensions[KEY]
        return parts

    def as_operator(
        self,
        name: str = "anna",
        *,
        permissions: tuple[str, ...] = NAMES,
        person_uid: str = "-",
        token: str = "",
    ) -> Pages:
        """Sign in as ``name``, who is made on the way; the password is ``PASSWORD``, given just
        now.

        ``token`` is what a browser's cookie has to hold to be signed in too.
        """
        token, now = token or secrets.token_urlsafe(), self.parts.now()
        with self.parts.database.write() as session:
            operator = session.query(Operator).filter_by(name=name).one_or_none()
            if operator is None:
                operator = Operator(
                    name=name, created_at=now, disabled_at=None, password_hash=_hash()
                )
                session.add(operator)
            operator.audited = False  # a test's own operator needs no event
            operator.permissions, operator.person_uid = list(permissions), person_uid
            session.flush()
            visit = SignIn(
                token_hash=hash_token(token),
                operator_id=operator.id,
                address="127.0.0.1",
            )
            visit.created_at = visit.seen_at = visit.proved_at = now
            session.add(visit)
        with self.client.session_transaction() as cookie:
            cookie["_user_id"] = token
        self._token = ""
        return self

    def token(self) -> str:
        """Return what this browser has to send with its forms."""
        return self._csrf()

    def get(self, url: str, *, status: int = 200, fragment: bool = False) -> Page:
        """Open ``url``, follow redirects, and check the status of the last answer."""
        return self._follow(
            self.client.get(url, headers=HTMX if fragment else {}), status
        )

    def post(
        self,
        url: str,
        data: dict[str, Any] | None = None,
        *,
        status: int = 200,
        fragment: bool = False,
    ) -> Page:
        """Send a form with the session's CSRF token, follow redirects, and check the status of the
        last answer.
        """
        sent = {"csrf_token": self._csrf(), **(data or {})}
        return self._follow(
            self.client.post(url, data=sent, headers=HTMX if fragment else {}), status
        )

    def submit(
        self,
        action: str = "",
        *,
        status: int = 200,
        fragment: bool = False,
        button: str = "",
        **fields: Any,
    ) -> Page:
        """Fill in the form on the last page and send it as a browser would; ``button`` is the one
        pressed.
        """
        assert self.page is not None, "open a page first"
        form = self.page.form(action)
        data = {**_values(form), **_pressed(form, button), **fields}
        url = (
            _elsewhere(form, button)
            or form.attrs.get("action")
            or self.page.response.request.full_path.rstrip("?")
        )
        headers = HTMX if fragment else {}
        if form.attrs["method"].lower() == "get":
            return self._follow(
                self.client.get(url, query_string=data, headers=headers), status
            )
        return self._follow(self.client.post(url, data=data, headers=headers), status)

    def _follow(self, response: TestResponse, status: int) -> Page:
        for _ in range(5):
            if response.status_code not in REDIRECTS:
                break
            response = self.client.get(response.headers["Location"])
        page = Page(response)
        assert page.status == status, (
            f"{page.url} answered {page.status}, not {status}: {page.text[:500]}"
        )
        if page.is_html and page.html:
            page.lint()
            self.page = page
            tokens = page.root.all("input", name="csrf_token")
            self._token = tokens[0].attrs["value"] if tokens else self._token
        return page

    def _csrf(self) -> str:
        if not self._token:
            self.get("/account")
        return self._token


def _values(form: Node) -> dict[str, Any]:
    values: dict[str, list[str]] = {}
    for node in form.walk():
        name = node.attrs.get("name", "")
        if name and "disabled" not in node.attrs:
            values.setdefault(name, []).extend(_value(node))
    return {name: found for name, found in values.items() if found}


def _value(node: Node) -> list[str]:
    kind = node.attrs.get("type", "text")
    if node.tag == "textarea":
        return [
            "".join(
                child for child in node.children if isinstance(child, str)
            ).removeprefix("\n")
        ]
    if node.tag == "select":
        options = node.all("option")
        chosen = [option for option in options if "selected" in option.attrs]
        if not chosen and "multiple" not in node.attrs:
            chosen = options[:1]
        return [option.attrs.get("value", option.text) for option in chosen]
    if node.tag != "input" or kind in ("submit", "button", "image", "file"):
        return []
    if kind in ("checkbox", "radio"):
        return [node.attrs.get("value", "on")] if "checked" in node.attrs else []
    return [node.attrs.get("value", "")]


def _pressed(form: Node, label: str) -> dict[str, str]:
    if not label:
        return {}
    button = _button(form, label)
    return (
        {button.attrs["name"]: button.attrs.get("value", "")}
        if "name" in button.attrs
        else {}
    )


def _elsewhere(form: Node, label: str) -> str:
    """Return where the pressed button sends the form, when that is another place than the
    form's.
    """
    return _button(form, label).attrs.get("formaction", "") if label else ""


def _button(form: Node, label: str) -> Node:
    found = [button for button in form.all("button") if button.text == label]
    assert len(found) == 1, f"{len(found)} buttons {label!r}"
    return found[0]


@cache
def _hash() -> str:
    return HASHER.hash(PASSWORD)
