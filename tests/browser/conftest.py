"""A Rung started as its users start it, a real Chromium, and axe on every page a test asks
about.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(
    encoding="utf-8"
)
SECONDS_TO_START = 90


@dataclass(frozen=True)
class Running:
    """A running Rung with the demo company: where it answers, and the passwords of its
    operators.
    """

    address: str
    passwords: dict[str, str]


@pytest.fixture
def rung(database_url: str, tmp_path: Path) -> Iterator[Running]:
    home = tmp_path / "installed"
    env = {**os.environ, "RUNG_HOME": str(home), "RUNG_DATABASE_URL": database_url}
    command = [
        sys.executable,
        "-m",
        "app.cli",
        "serve",
        "--demo",
        "--port",
        str(_free_port()),
    ]
    with subprocess.Popen(
        command, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            yield Running(_address(process), _passwords(home))
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=30)


def run(home: Path, url: str, *words: str) -> None:
    """Run a command of Rung beside the server."""
    env = {**os.environ, "RUNG_HOME": str(home), "RUNG_DATABASE_URL": url}
    command = [sys.executable, "-m", "app.cli", *words]
    subprocess.run(command, env=env, check=True, capture_output=True)


@dataclass(frozen=True)
class Visitor:
    """Somebody signed in with a browser of their own."""

    page: Page
    context: BrowserContext

    def go(self, path: str) -> None:
        """Open a page by its path."""
        self.page.goto(path)

    def press(self, name: str) -> None:
        """Press the button, or follow the link, that bears this name."""
        button = self.page.get_by_role("button", name=name, exact=True)
        link = self.page.get_by_role("link", name=name, exact=True)
        button.or_(
            link
        ).first.click()  # counting first would look at the page that is still going
        self.wait_until_sent()

    def wait_until_sent(self) -> None:
        """Wait until what was sent is answered, and the page it leads to is there."""
        expect(self.page.locator("html[data-sending]")).to_have_count(0)

    def text(self) -> str:
        """Return what the page says."""
        return self.page.locator("main").inner_text()

    def demand_accessible(self, *, reload: bool = True) -> None:
        """Let axe look at the page as it stands, in light and in dark; one that was sent for is not
        loaded anew.
        """
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if reload:
                self.page.reload()  # so that no colour is on its way from one scheme to the other
            self.page.evaluate(AXE)
            found = self.page.evaluate(
                "axe.run({resultTypes: ['violations']}).then(r => r.violations)"
            )
            told = [
                f"{one['id']}: {node['html'][:120]} {node['failureSummary'][:200]}"
                for one in found
                for node in one["nodes"]
            ]
            assert told == [], f"{self.page.url} in {scheme}"


def sign_in(
    browser: Browser,
    rung: Running,
    name: str,
    *,
    scripts: bool = True,
    width: int = 1280,
) -> Visitor:
    """Sign in with a fresh browser; any script error or blocked inline code fails the test at
    once.
    """
    viewport = {"width": width, "height": 900}
    context = browser.new_context(
        base_url=rung.address,
        java_script_enabled=scripts,
        viewport=viewport,
        reduced_motion="reduce",
    )  # type: ignore[arg-type]  # a plain dict will do
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("pageerror", _fail)
    page.on(
        "console",
        lambda said: (
            _fail(said.text) if "Content Security Policy" in said.text else None
        ),
    )
    page.goto("/")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(rung.passwords[name])
    page.locator("main").get_by_role("button").first.click()
    return Visitor(page, context)


def _fail(error: object) -> None:
    raise AssertionError(str(error))


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        if found:
            return found[0]
    raise AssertionError("Rung ended before it was ready")


def _passwords(home: Path) -> dict[str, str]:
    lines = (home / "demo" / "sign-in.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split(maxsplit=1) for line in lines if line.strip())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
