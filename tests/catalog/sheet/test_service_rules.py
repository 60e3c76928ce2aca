"""Parts of services never run in a circle, and who does what has exactly one accountable."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.catalog.sheet.rules import (
    Cell,
    closure,
    levels,
    objection,
    parting,
    reversed_edges,
    rows,
    would_cycle,
)

services = st.integers(0, 7)
edges = st.lists(st.tuples(services, services), max_size=25)


def grown(wanted: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Take every part that is not refused, as the pages do."""
    taken: list[tuple[int, int]] = []
    for service, part in wanted:
        if not would_cycle(taken, service, part):
            taken.append((service, part))
    return taken


@given(edges)
def test_no_service_ever_needs_itself(wanted: list[tuple[int, int]]) -> None:
    taken = grown(wanted)
    assert all(service not in closure(taken, service) for service in range(8))


@given(edges)
def test_only_parts_that_would_close_a_circle_are_refused(
    wanted: list[tuple[int, int]],
) -> None:
    taken = grown(wanted)
    for service, part in set(wanted) - set(taken):
        assert service == part or service in closure(taken, part)


@given(edges, services)
def test_every_part_stands_deeper_than_whatever_needs_it(
    wanted: list[tuple[int, int]], start: int
) -> None:
    taken = grown(wanted)
    depth = levels(taken, start)
    assert depth.keys() == closure(taken, start) | {start}
    assert all(depth[a] < depth[b] for a, b in taken if a in depth)
    assert levels(reversed_edges(reversed_edges(taken)), start) == depth


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Changes", "Costs"]),
            st.sampled_from("abc"),
            st.sampled_from("RACI"),
        )
    )
)
def test_a_process_with_parties_always_has_exactly_one_accountable(
    wanted: list[tuple[str, str, str]],
) -> None:
    table: dict[tuple[str, str], str] = {}
    for process, party, letter in wanted:
        cells = [Cell(*key, value) for key, value in table.items()]
        if objection(cells, process, party, letter):
            continue
        if letter == "A":
            table |= {
                key: "R"
                for key, value in table.items()
                if key[0] == process and value == "A"
            }
        table[process, party] = letter
        cells = [Cell(*key, value) for key, value in table.items()]
        for row in rows(cells, "olga"):
            assert len(row.of("A")) == 1, row


def test_the_owner_is_the_accountable_of_the_service_itself() -> None:
    assert [cell.party for cell in rows([], "olga")[0].of("A")] == ["olga"]
    assert "change the owner" in objection([], "", "Ben", "A")
    assert objection([], "", "Ben", "R") == ""


def test_the_accountable_goes_last() -> None:
    cells = [Cell("Changes", "Ann", "A"), Cell("Changes", "Ben", "C")]
    assert parting(cells, cells[0]).startswith("Ann is accountable for Changes")
    assert parting(cells, cells[1]) == parting(cells[:1], cells[0]) == ""
