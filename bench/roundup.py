"""Rung's queue beside Roundup's, another tracker in Python. Run ``python -m bench.roundup``.

Roundup is installed with pip into a folder of its own, which goes at the end; where that cannot be
done the run says so and measures nothing. Both hold the same number of incidents on SQLite, as many
of them open, show fifty of them to eight signed-in clients, and answer with two web processes:
Roundup with waitress, as Rung. They are asked in turn. Another number of incidents may follow.
"""

from __future__ import annotations

import html
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TypeVar
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request
from venv import EnvBuilder

from sqlalchemy import func, select

from app.auth.rules import NAMES
from app.auth.signing_in import HASHER
from app.core import schema
from app.core.audit import AuditEvent
from app.core.db import Database
from app.models.auth import Operator
from bench.pages import SHARE_OPEN
from bench.queue import fill
from bench.serving import CLIENTS, Ask, Asked, asked, asking, browser, serving, sign_in

Found = TypeVar("Found")
ROUNDS = 5
SECONDS, STILL_SECONDS = 6.0, 20.0
PASSWORD = "only measured"
QUEUE = {
    "@sort": "-activity",
    "@group": "priority",
    "@filter": "status",
    "@columns": "id,activity,title,creator,assignedto,status",
    "@pagesize": "50",
    "status": "-1,1,2,3,4,5,6,7",
}
"""What Roundup's own link “Show All” asks for: all that is not resolved."""
FILLED = """
import sys
import roundup.instance
home, size, opened = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
db = roundup.instance.open(home).open("admin")
waits, ended = db.status.lookup("unread"), db.status.lookup("resolved")
levels = db.priority.list()
for number in range(size):
    db.issue.create(
        title=f"Till {number} does not start",
        status=waits if number < opened else ended,
        priority=levels[number % len(levels)],
        assignedto="1" if number % 7 == 0 else None,
    )
    if number % 500 == 499:
        db.commit()
db.commit()
"""
SERVED = """
import os, socket, sys
from roundup.cgi.wsgi_handler import RequestDispatcher
from waitress import serve
listener = socket.create_server(("127.0.0.1", int(sys.argv[2])), backlog=256)
app = RequestDispatcher(sys.argv[1])
os.fork()
serve(app, sockets=[listener], threads=8)
"""


def main(size: int = 10_000) -> None:
    """Fill both, ask them in turn and print what they answered and the ratio."""
    with TemporaryDirectory() as folder:
        python = installed(Path(folder, "venv"))
        if python is None:
            print("skipped: Roundup cannot be installed here")
            return
        opened = int(size * SHARE_OPEN)
        print(f"{size} incidents, {opened} of them open", flush=True)
        with (
            rung(Path(folder, "rung"), size, opened) as ours,
            roundup(python, Path(folder, "tracker"), size, opened) as theirs,
        ):
            compare(ours, theirs)


def compare(ours: list[Ask], theirs: list[Ask]) -> None:
    """Ask both in turn and print each answer and the ratio of the middle rates."""
    found: dict[str, list[Asked]] = {"Rung": [], "Roundup": []}
    for _round in range(ROUNDS):
        for name, clients in (("Rung", ours), ("Roundup", theirs)):
            found[name].append(asked(clients, SECONDS))
            print(f"  {name:8} {found[name][-1]}", flush=True)
    rung_rate, roundup_rate = (
        median(one.rate for one in each) for each in found.values()
    )
    print(f"Rung answers {rung_rate / roundup_rate:.2f} times as often as Roundup")


def installed(folder: Path) -> Path | None:
    """Install Roundup into a folder of its own and return its Python, or None."""
    EnvBuilder(with_pip=True).create(folder)
    python = folder / "bin" / "python"
    pip = (str(python), "-m", "pip", "install", "--quiet", "roundup", "waitress")
    done = subprocess.run(pip, check=False, stderr=subprocess.DEVNULL)
    return python if done.returncode == 0 else None


@contextmanager
def rung(home: Path, size: int, opened: int) -> Iterator[list[Ask]]:
    """Run Rung with a filled desk; yields signed-in clients of its queue."""
    home.mkdir()
    database = Database(f"sqlite:///{home / 'rung.db'}")
    schema.upgrade(database)
    fill(database, size, opened)
    with database.write() as session:
        session.info["audit_events"] = 1
        dora = session.scalars(select(Operator).where(Operator.name == "dora")).one()
        dora.password_hash, dora.permissions = HASHER.hash(PASSWORD), list(NAMES)
    with serving(home, 2) as (_pid, address):
        wait_until_still(database)
        come_in = partial(sign_in, address, "dora", PASSWORD)
        people = [patiently(come_in) for _one in range(CLIENTS)]
        yield [asking(each, f"{address}/desk") for each in people]


def wait_until_still(database: Database) -> None:
    """Wait until the worker has raised all that was overdue from the beginning."""
    before, now = -1, 0
    while before != now:
        time.sleep(STILL_SECONDS)
        with database.read() as session:
            before, now = now, session.scalar(select(func.max(AuditEvent.id))) or 0
    database.dispose()


@contextmanager
def roundup(python: Path, home: Path, size: int, opened: int) -> Iterator[list[Ask]]:
    """Run a filled Roundup with two processes; yields signed-in clients of its queue."""
    port = free_port()
    address = f"http://127.0.0.1:{port}/"
    make_tracker(python, home, address)
    run = (str(python), "-c")
    subprocess.run((*run, FILLED, home, str(size), str(opened)), check=True)
    process = subprocess.Popen((*run, SERVED, home, str(port)), start_new_session=True)
    try:
        yield [roundup_client(address) for _one in range(CLIENTS)]
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def make_tracker(python: Path, home: Path, address: str) -> None:
    """Set up Roundup's classic tracker on SQLite; it sends no mail, as its own demo."""
    admin = (str(python.with_name("roundup-admin")), "-i", str(home))
    quiet = {"check": True, "stdout": subprocess.DEVNULL}
    settings = f"tracker_web={address},mail_domain=example.test"
    subprocess.run((*admin, "install", "classic", "sqlite", settings), **quiet)  # type: ignore[call-overload]
    (home / "detectors" / "nosyreaction.py").unlink()
    subprocess.run((*admin, "initialise", PASSWORD), **quiet)  # type: ignore[call-overload]


def roundup_client(address: str) -> Ask:
    """Sign in to Roundup and return what asks for its queue."""
    client = browser()
    client.addheaders += [("Referer", address), ("Origin", address.rstrip("/"))]
    page = str(patiently(lambda: client.open(address).read().decode()))
    token = re.search(r'name="@csrf"[^>]*value="([^"]+)"', page) or re.search(
        r'value="([^"]+)"[^>]*name="@csrf"', page
    )
    assert token is not None
    form = {
        "__login_name": "admin",
        "__login_password": PASSWORD,
        "@action": "Login",
        "@csrf": html.unescape(token[1]),
        "__came_from": address,
    }
    client.open(Request(address, urlencode(form).encode())).read()
    queue = f"{address}issue?{urlencode(QUEUE)}"
    shown = client.open(queue).read().decode()
    if "Logout" not in shown or shown.count("Till ") < 50:
        raise SystemExit("Roundup shows no queue to who is signed in")
    return asking(client, queue)


def patiently(ask: Callable[[], Found]) -> Found:
    """Ask until there is an answer: a server that has just started may be busy."""
    for _try in range(60):
        try:
            return ask()
        except URLError:
            time.sleep(0.5)
    raise SystemExit("nobody answers")


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
