"""The priority matrix: in order, kept in versions, and what a change does to what is open."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.catalog.matrix.actions import set_matrix
from app.catalog.matrix.queries import current_matrix, effect_of, matrix_versions
from app.catalog.matrix.rules import DEFAULT, breaks, differing, priority_of
from app.core.errors import Conflict, Invalid
from tests.incidents.builders import Desk
from tests.pages import Pages

CELLS = st.lists(
    st.lists(st.integers(1, 5), min_size=4, max_size=4), min_size=4, max_size=4
)
LEVELS = st.integers(1, 4)


def changed(impact: int, urgency: int, priority: int) -> list[list[int]]:
    cells = [list(row) for row in DEFAULT]
    cells[impact - 1][urgency - 1] = priority
    return cells


def test_the_default_is_the_one_agreed_and_in_order() -> None:
    assert DEFAULT == ((1, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 4), (3, 4, 4, 5))
    assert breaks(DEFAULT) == []


def test_a_cell_that_breaks_the_order_is_named_with_its_neighbour() -> None:
    (found,) = breaks(changed(4, 2, 2))[:1]
    assert (found.impact, found.urgency) == (4, 2)
    assert found.sentence == (
        "Impact 4 × urgency 2 is P2, more than impact 3 × urgency 2 with P3; "
        "less impact or urgency may never come first."
    )
    assert (
        breaks(changed(1, 1, 0))[0].sentence
        == "Impact 1 × urgency 1: 0 is no priority from 1 to 5."
    )


@given(CELLS, LEVELS, LEVELS, LEVELS, LEVELS)
def test_without_breaks_less_weight_never_comes_first(
    cells: Any, one: int, two: int, three: int, four: int
) -> None:
    impacts, urgencies = sorted((one, two)), sorted((three, four))
    if not breaks(cells):
        assert priority_of(cells, impacts[0], urgencies[0]) <= priority_of(
            cells, impacts[1], urgencies[1]
        )


@given(CELLS)
def test_a_matrix_has_breaks_exactly_when_a_row_or_column_rises(cells: Any) -> None:
    lines = [*cells, *map(list, zip(*cells, strict=True))]
    assert bool(breaks(cells)) == any(
        after < before for line in lines for before, after in pairwise(line)
    )
    ordered = [sorted(row) for row in zip(*[sorted(row) for row in cells], strict=True)]
    assert breaks(ordered) == []


@given(CELLS)
def test_a_matrix_does_not_differ_from_itself(cells: Any) -> None:
    assert differing(cells, cells) == []


def test_versions_are_kept_with_reason_and_what_changed(desk: Desk) -> None:
    desk.do(set_matrix, changed(2, 2, 1), "Outlets cannot wait")
    desk.do(set_matrix, DEFAULT, "That was too much")
    found = desk.ask(matrix_versions)
    assert [(each.reason, list(each.changed)) for each in found] == [
        ("That was too much", [(2, 2)]),
        ("Outlets cannot wait", [(2, 2)]),
        ("", []),
    ]
    assert differing(desk.ask(current_matrix), DEFAULT) == []


@pytest.mark.parametrize(
    ("cells", "reason", "field"),
    [
        (changed(4, 4, 1), "Why not", "cells"),
        (DEFAULT, "Same", "cells"),
        (changed(4, 4, 4), " ", "reason"),
    ],
)
def test_a_matrix_that_cannot_be_used_is_refused_by_field(
    desk: Desk, cells: Any, reason: str, field: str
) -> None:
    with pytest.raises(Invalid) as told:
        desk.do(set_matrix, cells, reason)
    assert told.value.field == field


def test_of_two_who_change_the_matrix_at_once_the_second_is_told(desk: Desk) -> None:
    desk.do(set_matrix, changed(4, 4, 4), "First", began_at=0)
    with pytest.raises(Conflict):
        desk.do(set_matrix, changed(2, 2, 1), "Second", began_at=0)


def test_the_preview_counts_open_incidents_by_the_way_they_would_move(
    desk: Desk,
) -> None:
    service = desk.service(urgency=2)
    for impact in (2, 2, 4):
        desk.reported(service_id=service, impact=impact)
    desk.reported("Not classified")
    found = desk.ask(effect_of, changed(2, 2, 1))
    assert (found.total, found.moved, found.moves) == (3, 2, [(2, 1, 2)])


def test_the_matrix_is_changed_in_the_browser_after_a_look(app: Flask) -> None:
    browser = Pages(app).as_operator()
    shop = Desk(browser.parts.database)
    shop.reported(service_id=shop.service(urgency=2), impact=2)
    browser.get("/services/matrix/edit")
    page = browser.submit(**{"cell-2-2": "1", "do": "preview"})
    assert (
        "1 of 1 open incidents would have another priority. 1 from P2 to P1."
        in page.content
    )
    assert "was P2" in page.content
    page = browser.submit(do="set", status=422)
    assert page.errors == ["Say why it changes; whoever reads it later will ask."]
    page = browser.submit(do="set", reason="Outlets cannot wait")
    assert "in force for every new classification" in page.told
    assert page.rows("Priority by impact")[1][2] == "P1 critical"
    assert "impact 2 × urgency 2 is P1" in page.content


def test_a_matrix_out_of_order_keeps_what_was_chosen_and_marks_the_cell(
    app: Flask,
) -> None:
    browser = Pages(app).as_operator()
    browser.get("/services/matrix/edit")
    page = browser.submit(**{"cell-4-4": "1", "do": "preview"}, status=422)
    cell = page.root.one("select", name="cell-4-4")
    assert cell.attrs["aria-invalid"] == "true"
    assert (
        "Impact 4 × urgency 4 is P1, more than impact 3 × urgency 4 with P4"
        in page.content
    )


def test_the_matrix_is_read_by_all_and_changed_by_who_may(app: Flask) -> None:
    reader = Pages(app).as_operator("rita", permissions=("read", "scripts", "catalog"))
    assert "Change it" not in reader.get("/services/matrix").content
    reader.get("/services/matrix/edit", status=403)
    reader.post("/services/matrix/edit", {"do": "set"}, status=403)
