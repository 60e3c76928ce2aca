"""How much processor it takes to make the app, whose routes learn to write their addresses late,
and the same with routes as Werkzeug has them.
"""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from werkzeug.routing import Rule

from app import create_app
from app.core import schema
from app.core.db import Database
from app.core.settings import Settings
from app.core.web import edge

TIMES = 10


def made(settings: Settings) -> float:
    """Make the app some times; return the least milliseconds of processor."""
    least = float("inf")
    for _time in range(TIMES):
        began = time.process_time()
        create_app(settings)
        least = min(least, time.process_time() - began)
    return least * 1000


def main() -> None:
    """Make it both ways and print them beside each other."""
    with TemporaryDirectory() as home:
        url = f"sqlite:///{Path(home) / 'rung.db'}"
        database = Database(url)
        schema.upgrade(database)
        database.dispose()
        settings = Settings(
            home=Path(home), database_url=url, secret_key="only measured " * 3
        )
        create_app(settings)
        late = made(settings)
        edge.LateRule = Rule  # type: ignore[assignment, misc]
        at_once = made(settings)
    print(f"late {late:.0f} ms, at once {at_once:.0f} ms, ratio {at_once / late:.1f}")


if __name__ == "__main__":
    main()
