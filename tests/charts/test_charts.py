from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.charts import (
    BurnUpChart,
    FlowChart,
    FlowWeek,
    Happened,
    Lines,
    Size,
    Table,
    Week,
    figure,
    fitting,
    sign,
)
from app.core.charts.axis import fitted, spread, thinned, tick_texts, ticks
from tests.charts.pictures import (
    BURN_UP,
    EVENTFUL,
    EVERY,
    FLOW,
    PILOT,
    SPACE,
    looks,
    parsed,
    series,
    texts,
    week,
)
from tests.html import faults_of_piece, parse

SHEET = (Path(__file__).parents[2] / "static/css/charts.css").read_text()
SIZES = list(Size)


@pytest.mark.parametrize("chart", EVERY)
@pytest.mark.parametrize("size", SIZES)
def test_every_picture_has_its_own_size_and_says_in_words_what_it_shows(
    chart, size: Size
):
    root = parsed(chart.draw(size))
    assert root.get("role") == "img" and root.get("width") == str(size.width)
    assert root.get("viewBox") == f"0 0 {root.get('width')} {root.get('height')}"
    assert [node.tag for node in root][:2] == ["title", "desc"]
    assert (root[0].text, root[1].text) == (chart.title, chart.words)


@pytest.mark.parametrize("chart", EVERY)
@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_styled_inline_and_every_look_is_in_the_style_sheet(
    chart, size: Size
):
    root = parsed(chart.draw(size))
    assert not [
        node
        for node in root.iter()
        if node.get("style") or node.get("fill") or node.get("stroke")
    ]
    plain = {
        "strong",
        "target",
        "chart-series",
        "chart-flow",
        "chart-ladder",
        "chart-burnup",
        "chart-tick",
        "chart-key",
    }
    known = (
        set(re.findall(r"\.([a-z][a-z-]+)", SHEET)) | plain | {"hit-or-miss", "coming"}
    )
    assert set(looks(root)) <= known


@pytest.mark.parametrize("chart", EVERY)
def test_no_text_leaves_the_picture(chart):
    for size in SIZES:
        root = parsed(chart.draw(size))
        for node in root.iter("text"):
            x, width = float(node.get("x", "0")), len(node.text or "") * 6.2
            left = x - {"end": width, "middle": width / 2}.get(
                node.get("text-anchor", ""), 0
            )
            assert left > -3 and left + width < size.width + 3, node.text


@pytest.mark.parametrize("chart", [*EVERY])
def test_a_figure_is_clean_html_with_sentence_table_and_csv(chart):
    root, faults = parse(str(figure(chart, "/numbers.csv")))
    assert faults == [] and faults_of_piece(root) == []
    assert chart.words in root.all("figcaption")[0].text
    assert root.all("a")[0].attrs["href"] == "/numbers.csv"
    assert len(root.all("svg")) == len(Size)
    assert not parse(str(figure(chart)))[0].all("a")


def test_the_style_sheet_shows_the_size_that_fits():
    for size in Size:
        assert f'class="chart-{size.name.lower()}-width"' in fitting(PILOT)
        assert f".chart-{size.name.lower()}-width" in SHEET
    least = [int(px) for px in re.findall(r"@container \(min-width: (\d+)px\)", SHEET)]
    letters = float(re.findall(r"font: 400 ([\d.]+)px", SHEET)[0])
    for room, size in zip(least, (Size.FULL, Size.WIDE), strict=True):
        assert letters * room / size.width >= 12, "a letter would be too small to read"


def test_signals_differ_by_shape_and_not_by_colour_alone():
    root = parsed(PILOT.draw(Size.FULL))
    shapes = {
        look: node.get("d")
        for node in root.iter("path")
        for look in [node.get("class")]
    }
    steps = {
        look: re.sub(r"^M[-\d. ]+", "", shapes[look] or "")
        for look in ("chart-better", "chart-worse", "chart-missing")
    }
    assert len(set(steps.values())) == 3
    assert {"signal, better", "signal, worse", "not measured"} <= set(texts(root))


def test_a_point_tells_its_value_and_its_rule():
    tips = texts(parsed(PILOT.draw(Size.FULL)), "title")
    assert "26 Jan 2026: 30 – outside the limits" in tips
    assert "12 Jan 2026: not measured" in tips


def test_a_missing_period_is_a_gap_in_the_line():
    root = parsed(series(1, 2, None, 3, 4).draw(Size.FULL))
    assert looks(root).count("chart-values") == 2
    assert looks(parsed(series(1, 2, 3, 4).draw(Size.FULL))).count("chart-values") == 1


def test_before_and_pilot_are_shaded_and_named():
    full, half = (texts(parsed(PILOT.draw(s))) for s in (Size.WIDE, Size.HALF))
    assert "before · locked limits from 12 points" in full and "pilot" in full
    assert "before" in half
    assert "chart-pilot" not in looks(parsed(series(1, 2).draw(Size.FULL)))


def test_trial_limits_look_different_from_locked_ones():
    trial = series(1, 2, 3, lines=(Lines(0, 3, 2, 1, 3, False, 5),))
    assert looks(parsed(trial.draw(Size.FULL))).count("chart-trial") == 2
    assert "chart-trial" not in looks(parsed(PILOT.draw(Size.FULL)))


def test_the_latest_periods_keep_the_lines_of_all():
    chart = series(
        *range(100),
        lines=(Lines(0, 40, 2, 1, 3), Lines(40, 90, 5, 4, 6), Lines(90, 100, 7, 6, 8)),
    )
    latest = chart.latest(30)
    assert [dot.value for dot in latest.dots] == list(range(70, 100))
    assert [(one.start, one.stop, one.centre) for one in latest.lines] == [
        (0, 20, 5),
        (20, 30, 7),
    ]
    assert chart.latest(500) == chart


def test_new_limits_are_marked_where_they_begin():
    chart = series(1, 2, 3, 4, lines=(Lines(0, 2, 2, 1, 3), Lines(2, 4, 3, 2, 4)))
    assert texts(parsed(chart.draw(Size.FULL))).count("new limits") == 1


def test_lines_are_labelled_at_their_end_and_shorter_in_a_narrow_chart():
    full, half = (texts(parsed(PILOT.draw(s))) for s in (Size.FULL, Size.HALF))
    assert {"limit 49", "average 41", "limit 31", "target 30"} <= set(full)
    assert {"49", "avg 41", "31", "target 30"} <= set(half)


@pytest.mark.parametrize("promise", ["will meet", "hit or miss", "will miss"])
def test_the_promise_about_the_target_has_an_icon_and_words(promise: str):
    chart = series(1, 2, 3, target=2, assurance=promise)
    root = parsed(chart.draw(Size.HALF))
    assert promise.replace(" ", "-") in looks(root)
    assert (root[1].text or "").endswith(f"Target 2: {promise}.")


def test_a_target_without_limits_promises_nothing():
    assert series(1, target=2).words == "Steady. Target 2."


def test_what_people_typed_is_text_and_never_markup():
    drawn = series(1, 2, title="<script>&\"'", sentence="a < b & c").draw(Size.FULL)
    assert "<script>" not in drawn
    assert parsed(drawn)[0].text == "<script>&\"'"


def test_the_table_has_the_numbers_rounded_and_the_csv_has_them_whole():
    table = series(41.33333, None, lines=(Lines(0, 2, 40, 30, 50),)).table()
    assert table.header == (
        "Period",
        "Minutes",
        "Average",
        "Lower limit",
        "Upper limit",
        "Signal",
    )
    assert table.csv_rows() == [
        ("2026-01-05", 41.33333, 40, 30, 50, None),
        ("2026-01-12", None, 40, 30, 50, None),
    ]
    cells = [node.text for node in parse(str(table.html()))[0].all("td")]
    assert cells[0] == "41.3" and [cell.strip("\u00a0 ") for cell in cells[5:6]] == [""]


def test_a_signal_is_in_the_table():
    assert PILOT.table().rows[3][-1] == "better: outside the limits"


@pytest.mark.parametrize("chart", [BURN_UP, FLOW, EVENTFUL])
def test_every_chart_has_as_many_cells_as_columns(chart):
    table = chart.table()
    assert all(len(row) == len(table.header) for row in table.rows) and table.rows


def test_an_axis_of_a_table_reads_days_as_people_do():
    assert "2 Mar 2026" in Table("x", ("Day",), ((date(2026, 3, 2),),)).html()


def test_a_burn_up_marks_both_days_and_what_is_to_be_done():
    root = parsed(BURN_UP.draw(Size.FULL))
    assert {
        "50 % by 26 Jan 2026",
        "85 % by 2 Feb 2026",
        "forecast",
        "eligible 10",
    } <= set(texts(root))
    assert {"chart-fan", "chart-ring", "chart-square", "chart-ahead"} <= set(
        looks(root)
    )


def test_a_burn_up_marks_when_rungs_began():
    root = parsed(BURN_UP.draw(Size.WIDE))
    assert {"chart-begun", "chart-happened"} <= set(looks(root))
    assert "5 Jan 2026: Rung 1 began" in texts(root, "title")
    assert BURN_UP.table().rows[0][-1] == "Rung 1 began"


def test_a_burn_up_without_forecast_shows_the_past_alone():
    chart = BurnUpChart("People", "No forecast.", (Week(week(0), 2, 8),))
    for size in SIZES:
        assert not {"chart-fan", "chart-ring", "chart-today"} & set(
            looks(parsed(chart.draw(size)))
        )


def test_a_flow_says_how_many_are_open():
    assert {"raised 9", "3 open", "closed 6"} <= set(
        texts(parsed(FLOW.draw(Size.FULL)))
    )
    even = FlowChart("x", "y", (FlowWeek(week(0), 4, 4),))
    assert not [
        words for words in texts(parsed(even.draw(Size.FULL))) if "open" in words
    ]


def test_rungs_decisions_and_notes_are_marked_on_their_day_with_words():
    root = parsed(EVENTFUL.draw(Size.WIDE))
    assert looks(root).count("chart-happened") == 3
    assert {"rung 1", "scale", "rung begun", "decision", "note"} <= set(texts(root))
    tips = texts(root, "title")
    assert "9 Mar 2026: Rung 1 decided: scale; 9 Mar 2026: Rung 2 began" in tips
    assert "30 Mar 2026: Server moved" in tips


def test_what_happened_stands_in_the_table_too():
    table = EVENTFUL.table()
    assert table.header[-1] == "What happened"
    assert table.rows[9][-1] == "Rung 1 decided: scale; Rung 2 began"
    assert table.rows[0][-1] is None


def test_what_happened_before_or_after_the_periods_shown_is_left_out():
    latest = EVENTFUL.latest(10)
    assert [one.words for some in latest.marked().values() for one in some] == [
        "Server moved"
    ]
    assert series(1, 2, happened=(Happened(week(5), "note", "Later"),)).marked() == {}


def test_a_share_is_never_drawn_beyond_the_whole():
    chart = series(90, 99, 100, unit="%")
    axis = fitted([90, 100], 200, 20, most=chart.most)
    assert axis.high == 100 and chart.most == 100
    assert "110" not in texts(parsed(chart.draw(Size.FULL)))
    assert series(90, 140, unit="%").most is None and series(90).most is None


def test_large_numbers_are_short_where_they_are_drawn():
    chart = series(13_300_000_000, 12_000_000_000, target=13_000_000_000)
    found = texts(parsed(chart.draw(Size.HALF)))
    assert "target 13 bn" in found
    assert all(len(words) < 16 for words in found)
    assert chart.table().rows[0][1] == 13_300_000_000


@pytest.mark.parametrize("kind", ["better", "worse", "steady", "will meet", "new"])
def test_a_sign_is_a_picture_beside_words_and_hidden_from_those_who_hear_them(
    kind: str,
):
    root = parsed(sign(kind))
    assert root.get("aria-hidden") == "true" and len(list(root)) == 1


numbers = st.lists(
    st.one_of(st.none(), st.floats(-1e6, 1e6, allow_nan=False)), max_size=40
)


@given(numbers, st.one_of(st.none(), st.integers(-100, 100)))
def test_every_series_can_be_drawn_inside_its_plot(
    values: list[float | None], target: int | None
):
    chart = series(*values, target=target)
    for size in SIZES:
        root = parsed(chart.draw(size))
        heights = [float(node.get("cy", "0")) for node in root.iter("circle")]
        assert all(24 - 1 <= height <= size.height - 23 for height in heights)
        assert len(heights) == sum(value is not None for value in values)


@given(st.lists(st.floats(0.001, 1e5), min_size=1), st.booleans(), st.integers(3, 6))
def test_ticks_are_few_and_inside(values: list[float], logged: bool, wanted: int):
    axis = fitted(values, 200, 20, logged=logged)
    found = ticks(axis, wanted)
    assert len(found) <= wanted + 3 and len(set(tick_texts(found))) == len(found)
    assert all(axis.low - 1e-6 <= tick <= axis.high + 1e-6 for tick in found)


@given(st.lists(st.floats(30, 180), max_size=8))
def test_labels_never_cover_each_other(heights: list[float]):
    placed = spread(heights, 13, 20, 200)
    assert all(later - first >= 13 - 1e-6 for first, later in pairwise(sorted(placed)))


@given(st.integers(1, 200), st.floats(50, 700), st.floats(10, 90))
def test_labels_below_fit_and_the_last_one_is_there(
    count: int, room: float, label: float
):
    chosen = thinned(count, room, label)
    assert chosen[-1] == count - 1
    assert len(chosen) <= max(2, room // label)


def test_values_that_are_never_negative_are_not_drawn_below_zero():
    assert fitted([0, 5], 200, 20).low == 0
    assert fitted([-1, 5], 200, 20).low < -1


def test_a_picture_is_small():
    many = series(*range(40), lines=(Lines(0, 40, 20, 5, 35),))
    assert len(many.draw(Size.FULL)) < 9_000
    assert SPACE not in many.draw(Size.FULL)
