"""A worker that is killed in the middle of sending: nothing is lost, and nothing is sent twice by
itself.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

from flask import Flask

from app.core.parts import KEY
from app.core.settings import Settings
from tests.conftest import Clock
from tests.messages.builders import PostRoom, somebody
from tests.messages.receivers import MailServer

WORKER = """
import sys
from datetime import datetime
from pathlib import Path
from app import create_app
from app.messages.actions.delivering import run_due_deliveries
from app.core.parts import KEY
from app.core.settings import Settings
home, url, now = sys.argv[1:]
settings = Settings(
    home=Path(home), database_url=url, secret_key="only for tests " * 3, channel_nets="127.0.0.0/8"
)
app = create_app(settings, now=lambda: datetime.fromisoformat(now))
run_due_deliveries(app.extensions[KEY])
"""


def test_a_worker_killed_after_handing_over_leaves_may_have_been_sent_and_the_rest_is_sent(
    app: Flask, settings: Settings, smtp: MailServer, clock: Clock
) -> None:
    room = PostRoom(app)
    smtp.swallows = threading.Event()
    channel = room.channel("Mail", smtp.url)
    message = room.sent([somebody(f"P{number}") for number in range(6)], channel)
    started = subprocess.Popen(
        [
            sys.executable,
            "-W",
            "ignore",
            "-c",
            WORKER,
            str(settings.home),
            settings.database,
            clock().isoformat(),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert smtp.handed_over.wait(20), "the worker never came as far as handing over"
    os.kill(started.pid, signal.SIGKILL)
    started.wait(10)
    smtp.swallows.set()
    begun = room.states(message).count("sending")
    assert 1 <= begun <= 4
    clock.forward(minutes=3)
    app.extensions[KEY].ring()
    room.work()
    states = room.states(message)
    assert (states.count("may have been sent"), states.count("sent")) == (
        begun,
        6 - begun,
    )
    received = [recipient for recipient, _ in smtp.taken]
    assert len(received) == len(set(received)), "somebody was written to twice"


def test_starting_up_does_not_load_what_only_sending_needs() -> None:
    program = (
        "import sys, app.cli, app.upkeep.work; app_ = __import__('app'); sys.exit('apprise' in "
        "sys.modules)"
    )
    assert (
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", program], check=False
        ).returncode
        == 0
    )
