"""How much processor a page costs beside a bare signed-in Flask page.

Run ``python -m bench.pages``. Other numbers of incidents may follow, like ``1000000``. Pages and
floor are asked in turn in one process, so that other work on the machine weighs on both; medians
are printed, with the ratio to the first number of incidents and to two floors: one that reads its
template anew for each page, as ``render_template_string`` does, and one that has it compiled.
"After a deed" is the queue when the same person has just changed something, so that what is kept
until a change is made anew.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask, render_template, render_template_string, session
from sqlalchemy import func, select, text
from sqlalchemy.engine import Engine
from werkzeug.test import TestResponse

from app import create_app
from app.core import schema
from app.core.db import Database
from app.core.settings import Settings
from app.models.incidents.incident import Incident
from bench.queue import fill
from tests.pages import Pages

ROUNDS = 60
SHARE_OPEN = 0.08
REPORT = {
    "title": "The till does not start",
    "requester": "Person 7",
    "kind": "incident",
    "via": "phone",
    "service_id": "1",
    "seen_service": "1",
    "impact": "2",
}
FLOORS = ("floor", "compiled floor")
FLOOR = """<!doctype html><title>{{ user }}</title><p>{{ user }}: {{ counts | join(", ") }}
<table>{% for one in rows %}<tr><td><a href="/{{ one.id }}">{{ one.title }}</a>
<td>{{ one.requester }}<td>{{ one.priority }}
<td>{{ one.state }}<td>{{ one.reported_at }}</tr>{% endfor %}</table>"""


def main(sizes: tuple[int, ...] = (10_000, 100_000)) -> None:
    """Fill desks of these sizes and print what each page costs, beside the floor and beside the
    first size.
    """
    with ExitStack() as opened:
        desks = {size: opened.enter_context(desk_of(size)) for size in sizes}
        first: dict[str, float] = {}
        for size, middle in measured(desks).items():
            first = first or middle
            print(f"{size} incidents, {int(size * SHARE_OPEN)} of them open")
            for name, took in middle.items():
                told = "".join(
                    f"  {took / middle[floor]:5.2f} x {floor}" for floor in FLOORS
                )
                beside = took / first[name]
                print(f"  {name:14} {took:8.2f} ms{told}  {beside:5.2f} x {sizes[0]}")


@contextmanager
def desk_of(size: int) -> Iterator[dict[str, Callable[[], object]]]:
    """Fill a desk, and return what is asked of it."""
    with TemporaryDirectory() as folder:
        home = Path(folder)
        settings = Settings(
            home=home,
            database_url=f"sqlite:///{home / 'rung.db'}",
            secret_key="only measured " * 3,
        )
        database = Database(settings.database)
        schema.upgrade(database)
        fill(database, size, int(size * SHARE_OPEN))
        yield asked(settings, database)
        database.dispose()


def asked(settings: Settings, database: Database) -> dict[str, Callable[[], object]]:
    """Return what is asked in turn, the floor first."""
    pages = Pages(create_app(settings)).as_operator("dora")
    pages.app.testing = False
    token = pages.token()
    bare = floor(database.engine).test_client()
    bare.get("/sign-in")

    def note() -> object:
        said = {"csrf_token": token, "say-text": "Looked at it"}
        return sent(pages.client.post("/desk/1/note", data=said))

    def create() -> object:
        said = {"csrf_token": token, **REPORT}
        return sent(pages.client.post("/desk/new", data=said))

    return {
        FLOORS[0]: lambda: bare.get("/"),
        FLOORS[1]: lambda: bare.get("/compiled"),
        "queue": lambda: pages.client.get("/desk"),
        "my team": lambda: pages.client.get("/desk?view=my+team"),
        "first page": lambda: pages.client.get("/"),
        "incident": lambda: pages.client.get("/desk/2"),
        "comment": note,
        "create": create,
        "after a deed": lambda: pages.client.get("/desk"),
    }


def sent(answer: TestResponse) -> TestResponse:
    """Return the answer to a form that was taken."""
    if answer.status_code != 303:
        raise SystemExit(f"{answer.request.path} answered {answer.status_code}")
    return answer


def floor(engine: Engine) -> Flask:
    """Return the least that shows 50 rows to somebody who is signed in."""
    bare = Flask(__name__)
    bare.secret_key = "only measured"
    latest = select(
        Incident.id,
        Incident.title,
        Incident.requester,
        Incident.priority,
        Incident.state,
        Incident.reported_at,
    ).order_by(Incident.id.desc())
    open_ones = select(func.count()).where(Incident.is_open)

    @bare.get("/sign-in")
    def sign_in() -> str:
        session["user"] = "dora"
        return ""

    compiled = bare.jinja_env.from_string(FLOOR)

    @bare.get("/")
    def listed() -> str:
        return render_template_string(FLOOR, **shown())

    @bare.get("/compiled")
    def listed_compiled() -> str:
        return render_template(compiled, **shown())

    def shown() -> dict[str, object]:
        with engine.connect() as connection:
            user = connection.execute(
                text("SELECT name FROM operator WHERE name = :name"),
                {"name": session["user"]},
            ).scalar_one()
            counts = [connection.scalar(open_ones)]
            rows = connection.execute(latest.limit(50)).all()
        return {"user": user, "counts": counts, "rows": rows}

    return bare


def measured(
    desks: Mapping[int, Mapping[str, Callable[[], object]]],
) -> dict[int, dict[str, float]]:
    """Ask everything of all desks in turn; return by size and page the median of the processor's
    milliseconds.
    """
    spent: dict[int, dict[str, list[float]]] = {size: {} for size in desks}
    for size, asks in desks.items():
        for name, ask in asks.items():
            status = getattr(ask(), "status_code", 0)
            if status >= 400:
                raise SystemExit(f"{name} answered {status}")
            spent[size][name] = []
    for _round in range(ROUNDS):
        for size, asks in desks.items():
            for name, ask in asks.items():
                began = time.process_time()
                ask()
                took = (time.process_time() - began) * 1000
                spent[size][name].append(took)
    return {
        size: {name: statistics.median(times) for name, times in found.items()}
        for size, found in spent.items()
    }


if __name__ == "__main__":
    main(tuple(int(one) for one in sys.argv[1:]) or (10_000, 100_000))
