"""A tab of a real Chromium in which somebody is signed in; an error of a script fails the test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page

from tests.pages import Pages


@contextmanager
def signed_in_tab(
    app: Flask, chromium: Browser, address: str, name: str = "anna", **context: Any
) -> Iterator[Page]:
    """Open a tab in which anna is signed in, or somebody else."""
    made = chromium.new_context(base_url=address, **context)
    Pages(app).as_operator(name, token="secret of the tab")
    cookie = app.session_interface.get_signing_serializer(app).dumps(
        {"_user_id": "secret of the tab"}
    )
    made.add_cookies([{"name": "rung", "value": str(cookie), "url": address}])
    page = made.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda said: (
            faults.append(said.text) if "Content Security Policy" in said.text else None
        ),
    )
    yield page
    made.close()
    assert faults == []
