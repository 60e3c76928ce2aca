"""Puts the parts together: settings, database, directory, pages. The only place where they meet."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module

from flask import Flask

from app.access.drift.actions import verify_reading
from app.auth.upgrading import tell_of_new_permissions
from app.core.db import Database
from app.core.finding import KEY as FINDABLE
from app.core.finding import Findable
from app.core.htmx import init_htmx
from app.core.jobs import Bell
from app.core.names import renew_all
from app.core.parts import DEMO, KEY, Parts
from app.core.schema import UPGRADED
from app.core.settings import PROJECT, Settings, load, with_secret
from app.core.signals import demand_heard
from app.core.waiting import find_sources
from app.core.web.edge import init_edge
from app.directory.signals import reading_taken
from app.improvements.signals import improvement_merged
from app.incidents.answering.actions import count_response
from app.incidents.queue.actions import weigh_open_incidents
from app.insight.today.badge import init_badge
from app.messages.signals import message_arrived
from app.people.signals import site_weighed
from app.shell.faults import init_faults
from app.shell.guard import check_marks, init_guard
from app.shell.headers import init_headers
from app.shell.packing import init_packing
from app.shell.sent_twice import init_sent_twice
from app.shell.templates import init_templates
from app.sponsors.merging import go_along
from app.upkeep.demo import Demo
from app.upkeep.trusting import tell_of_trust
from ldap_sync import adapter
from ldap_sync.port import ReadDirectory, WriteDirectory
from ldap_sync.values import Connection

# What a room says to the rooms above it, and who hears it; a signal nobody hears stops the start.
LISTENERS = (
    (UPGRADED, tell_of_new_permissions),
    (UPGRADED, tell_of_trust),
    (UPGRADED, renew_all),
    (site_weighed, weigh_open_incidents),
    (message_arrived, count_response),
    (improvement_merged, go_along),
    (reading_taken, verify_reading),
)

# Every module with pages. Imported when the app is made, because they import `app` themselves.
ROOMS = (
    "app.shell.health",
    "app.shell.interface",
    "app.shell.assets",
    "app.auth.views",
    "app.shell.audit",
    "app.people.views",
    "app.directory.views",
    "app.catalog.pages",
    "app.knowledge.views",
    "app.messages.views",
    "app.incidents.pages",
    "app.improvements.pages",
    "app.access.pages",
    "app.sponsors.pages",
    "app.insight.evidence.views",
    "app.insight.programme.views",
    "app.insight.report.views",
    "app.insight.today.views",
    "app.shell.find",
    "app.shell.help.views",
    "app.upkeep.views",
)

# What is found from everywhere, in the order in which kinds of things are shown.
FOUND_IN = (
    "app.incidents.finding",
    "app.people.finding",
    "app.catalog.finding",
    "app.directory.finding",
    "app.access.finding",
    "app.improvements.finding",
    "app.sponsors.finding",
    "app.knowledge.finding",
    "app.messages.finding",
    "app.insight.finding",
    "app.auth.finding",
    "app.shell.finding",
)


def create_app(
    settings: Settings | None = None,
    *,
    open_reader: Callable[[Connection], ReadDirectory] | None = None,
    open_writer: Callable[[Connection], WriteDirectory] | None = None,
    now: Callable[[], datetime] | None = None,
    ring: Callable[[], None] | None = None,
    pause: Callable[[float], None] | None = None,
) -> Flask:
    """Put the parts together: the only place where pages, the database and the directory's adapter
    meet.
    """
    settings = with_secret(settings or load())
    app = Flask(
        "app",
        template_folder=str(PROJECT / "templates"),
        static_folder=str(PROJECT / "static"),
    )
    demo = app.extensions[DEMO] = Demo(settings)
    app.extensions[KEY] = Parts(
        settings=settings,
        database=Database(settings.database, audit_key=settings.audit_key),
        open_reader=demo.through(open_reader or adapter.open_reader),
        open_writer=demo.through(open_writer or adapter.open_writer),
        now=now or _now,
        ring=ring or Bell(settings).ring,
        pause=pause or time.sleep,
    )
    for prepare in (
        *(init_packing, init_edge, init_htmx),
        *(init_guard, init_faults, init_templates),
    ):
        prepare(app)
    init_sent_twice(app)
    init_headers(app, settings)
    init_badge(app)
    find_sources()
    for room in ROOMS:
        app.register_blueprint(import_module(room).bp)
    app.extensions[FINDABLE] = Findable.of(import_module(name) for name in FOUND_IN)
    check_marks(app)
    connect_signals()
    return app


def connect_signals() -> None:
    """Let every room hear what the rooms below it tell.

    Raises ``Unheard`` where a signal is declared that nobody listens to.
    """
    for signal, hears in LISTENERS:
        signal.connect(hears)
    demand_heard()


def _now() -> datetime:
    return datetime.now(UTC)
