"""The demo company has a past: everything that happened in it is told by its readings and asked
about by day.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.core.parts import DEMO, KEY, Parts
from app.directory.queries import ChangeFilter, changes_page, holders_at
from app.models.directory import Entitlement, PastMembership, Reading
from app.upkeep.stories.company import seed
from app.upkeep.stories.past import HAPPENED, READ_BEFORE, TURNED


@pytest.fixture
def parts(app: Flask) -> Parts:
    found: Parts = app.extensions[KEY]
    seed(found, app.extensions[DEMO], by="console")
    return found


def holders(parts: Parts, cn: str, days_ago: int) -> set[str]:
    with parts.database.read() as session:
        right = session.scalars(
            select(Entitlement.id).where(Entitlement.cn == cn)
        ).one()
        held = holders_at(session, right, parts.now() - timedelta(days=days_ago))
        assert all(one.sure for one in held)
        return {one.account for one in held}


def test_everything_that_happened_is_found_by_the_next_reading(parts: Parts) -> None:
    told: dict[int, int] = {}
    with parts.database.read() as session:
        # The last one found what somebody changed by hand after the move.
        *readings, _ = session.scalars(select(Reading).order_by(Reading.id)).all()
        for days, reading in zip((*READ_BEFORE, 0), readings, strict=True):
            assert reading.ended_at == parts.now() - timedelta(days=days)
            told[days] = len(changes_page(session, reading.id, ChangeFilter()))
    for before, days in zip(READ_BEFORE, (*READ_BEFORE[1:], 0), strict=True):
        happened = [each.groups for each in HAPPENED if days <= each.ago < before]
        turned = [each for each in TURNED if days <= each.ago < before]
        assert told[days] == sum(map(len, happened)) + len(turned) > 0


def test_who_moved_held_other_rights_before(parts: Parts) -> None:
    assert "frank.huber" in holders(parts, "share-sales", READ_BEFORE[0])
    assert "frank.huber" not in holders(parts, "share-finance", READ_BEFORE[0])
    assert "frank.huber" not in holders(parts, "share-sales", READ_BEFORE[1])
    assert "frank.huber" in holders(parts, "share-finance", 0)


def test_today_is_what_the_directory_says(parts: Parts) -> None:
    with parts.database.read() as session:
        directory = session.scalars(select(Reading.directory_id)).first()
        ended = session.scalars(select(PastMembership)).all()
    assert directory and {past.ended for past in ended} == {"taken", "switch"}
    with parts.database.read() as session:
        newest = select(Reading).order_by(Reading.id.desc())
        by_hand, reading, *_ = session.scalars(newest).all()
        assert (by_hand.changes, reading.changes) == (1, 2 + len(TURNED))
