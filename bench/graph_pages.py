"""What the pages that look at everybody's rights cost with 2,000 and with 200,000 memberships,
while nothing changes and after a change.

    python -m bench.graph_pages                # other numbers of people may follow

Both companies are asked in turn in one process, so that other work on the machine weighs on both.
A tenth of the people fits the role that is looked at, 150 at least. A wave of 500 is planned, or of
as many as there are.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from sqlalchemy import update

from app import create_app
from app.core import schema
from app.core.db import Database
from app.core.settings import Settings
from app.models.directory import GraphMark
from bench.company import Company, fill, planned
from tests.pages import Pages

ROUNDS = 9
OF_A_WAVE, FITTING, LEFT = 500, 150, 60
ASKED = {
    "Today": "/",
    "access": "/access",
    "twins": "/access/twins",
    "roles": "/roles",
    "role": "/roles/1",
    "fit": "/roles/1/fit",
    "plan of one": "/roles/1/plan?person={person}",
    "person": "/people/{person}",
    "wave": "/waves/1",
}


def main(people: tuple[int, ...] = (200, 20_000)) -> None:
    """Fill the companies and print the processor time of each page, anew and kept."""
    with ExitStack() as stack:
        small, large = (stack.enter_context(_asked(count)) for count in people)
        print("milliseconds of processor; KB of the page; after a change in brackets")
        for name, address in ASKED.items():
            few, many = small.measured(address), large.measured(address)
            ratio = many[0] / few[0]
            print(
                f"  {name:12} {few[0]:7.1f} ({few[1]:7.1f})   {many[0]:7.1f} "
                f"({many[1]:7.1f})   {ratio:5.2f} x   {many[2]:6.1f} KB"
            )


class Asked:
    """The pages of one company."""

    def __init__(self, pages: Pages, database: Database, company: Company) -> None:
        self.pages, self.database = pages, database
        self.company = company

    def measured(self, address: str) -> tuple[float, float, float]:
        """Return the least time while nothing changes, the least after a change, and the size."""
        path = address.format(person=self.company.fitting[0])
        anew = min(self._changed(path, number) for number in range(3))
        kept = min(self._once(path)[0] for _ in range(ROUNDS))
        return kept, anew, self._once(path)[1]

    def _changed(self, path: str, number: int) -> float:
        with self.database.write() as session:
            session.execute(update(GraphMark).values(stamp=f"{path} {number}"))
        return self._once(path)[0]

    def _once(self, path: str) -> tuple[float, float]:
        began = time.process_time()
        answer = self.pages.client.get(path)
        spent = time.process_time() - began
        if answer.status_code != 200:
            raise SystemExit(f"{path}: {answer.status}")
        return spent * 1000, len(answer.data) / 1000


@contextmanager
def _asked(people: int) -> Iterator[Asked]:
    with TemporaryDirectory() as folder:
        settings = Settings(
            home=Path(folder),
            database_url=f"sqlite:///{Path(folder) / 'rung.db'}",
            secret_key="only measured " * 3,
        )
        database = Database(settings.database_url)
        schema.upgrade(database)
        fitting = max(people // 10, FITTING)
        company = fill(database, people, settings.plans, fitting=fitting)
        # Whom the wave moves fits no longer, so some are left for the page of the plan.
        planned(company, settings, company.fitting[LEFT : LEFT + OF_A_WAVE])
        app: Flask = create_app(settings)
        pages = Pages(app).as_operator("dora")
        pages.app.testing = False
        yield Asked(pages, database, company)
        database.dispose()


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or (200, 20_000))
