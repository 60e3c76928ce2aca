"""A full register answers with the same number of queries as an empty one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from app.core.db import Database
from app.core.trail import about, history
from app.improvements.board.listing import RegisterFilter, improvement_lines
from app.improvements.board.queries import board
from app.improvements.case.queries import business_case
from app.improvements.complaints.queries import complaint_lines
from app.improvements.gate.queries import scene_of
from app.improvements.spread.adoption import adoption_of
from app.improvements.spread.predictions import prediction_ledger
from app.improvements.spread.queries import (
    burn_up_of,
    flow,
    portfolio_burn_up,
)
from app.improvements.takeover.queries import register_rows
from app.models.improvements.improvement import Improvement
from tests.improvements.builders import MONDAY, counted
from tests.improvements.full import fill

TODAY = MONDAY.date()
Asked = Callable[[Session], Any]
READS: dict[str, tuple[Asked, int]] = {
    "list": (
        lambda session: improvement_lines(session, RegisterFilter(), "rank", TODAY),
        13,
    ),
    "board": (lambda session: board(session, TODAY, 2), 12),
    "export": (
        lambda session: list(register_rows(session, RegisterFilter(), "rank", TODAY)),
        15,
    ),
    "improvement": (
        lambda session: scene_of(session, session.get_one(Improvement, 1)),
        11,
    ),
    "history": (
        lambda session: history(session, about("improvement:1"), ("read",), limit=50),
        1,
    ),
    "case": (
        lambda session: business_case(session, 1, TODAY - timedelta(days=30), MONDAY),
        17,
    ),
    "burn-up": (lambda session: burn_up_of(session, 1, TODAY), 6),
    "portfolio": (lambda session: portfolio_burn_up(session, TODAY), 6),
    "flow": (lambda session: flow(session, TODAY), 1),
    "adoption": (lambda session: adoption_of(session, 1, TODAY), 3),
    "ledger": (prediction_ledger, 1),
    "complaints": (complaint_lines, 2),
}
"""What a page may ask, and in how many queries whatever the tables hold."""


@pytest.mark.parametrize("improvements", [5, 40])
def test_reads_ask_the_same_number_of_queries_however_much_there_is(
    database: Database, improvements: int
) -> None:
    fill(database, improvements)
    for name, (asked, most) in READS.items():
        with counted(database) as statements, database.read() as session:
            asked(session)
        assert (name, len(statements)) == (name, most)
