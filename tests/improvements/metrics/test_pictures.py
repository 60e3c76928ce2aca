from __future__ import annotations

from datetime import timedelta

from app.core.charts import Size
from app.improvements.metrics.pictures import control_chart, run_chart
from app.improvements.spread.pictures import burn_up_chart
from app.improvements.spread.rules import burn_up
from app.improvements.statistics.control import About, read
from app.improvements.statistics.forecast import fan, forecast
from app.improvements.statistics.runchart import read_runs
from app.improvements.statistics.series import known
from app.models.improvements.words import Direction
from tests.improvements.statistics.series import AFTER, BEFORE, START, week, weekly

DOWN = Direction.DOWN
READING = read(
    weekly(*BEFORE, None, *AFTER), About(DOWN, target=30, pilot_from=week(12))
)


def test_a_reading_becomes_a_control_chart():
    chart = control_chart(READING, "Minutes to answer", "Minutes", "5 people")
    assert (
        chart.words
        == "8 of 8 points below the old average; unlikely to be chance. Target 30: hit or miss."
    )
    assert [dot.mark for dot in chart.dots][10:15] == [
        "",
        "better",
        "",
        "better",
        "better",
    ]
    (lines,) = chart.lines
    assert (round(lines.upper or 0, 1), lines.firm, lines.baseline) == (52.7, True, 12)


def test_a_logged_reading_names_its_middle_line_otherwise():
    chart = control_chart(
        read(weekly(*BEFORE), About(DOWN, logged=True)), "Hours", "Hours"
    )
    assert (chart.centre_name, chart.logged) == ("typical", True)


def test_without_limits_no_line_is_drawn():
    assert control_chart(read(weekly(1, 2), About(DOWN)), "x", "y").lines == ()


def test_a_run_chart_marks_the_run_that_is_too_long():
    points = weekly(1, 2, 1, 2, 1, 2, None, *[9] * 9)
    chart = run_chart(
        points, read_runs(known(points), DOWN, 6), DOWN, "Days", "Days", week(6)
    )
    assert [place for place, dot in enumerate(chart.dots) if dot.mark == "worse"] == [
        5,
        *range(7, 16),
    ]
    assert chart.lines[0].upper is None and chart.centre_name == "median"


def test_values_on_the_median_inside_a_run_belong_to_it():
    points = weekly(*[1] * 4, *[5] * 2, 9, 9, 9, 9, 5, 9, 9, 9, 9)
    values = known(points)
    chart = run_chart(points, read_runs(values, DOWN, 6), DOWN, "Days", "Days")
    reading = read_runs(values, DOWN, 6)
    assert reading.too_long == any(dot.mark for dot in chart.dots)


def test_a_quiet_run_chart_marks_nothing():
    points = weekly(*[1, 9] * 6)
    chart = run_chart(points, read_runs(known(points), DOWN), DOWN, "Days", "Days")
    assert not any(dot.mark for dot in chart.dots)


def test_a_burn_up_goes_on_where_the_past_ends():
    done = [START + timedelta(weeks=number) for number in range(6)]
    past = burn_up(done, {START: 10}, week(5))
    chart = burn_up_chart("People", past, forecast([1] * 6, 4), fan([1] * 6, 4, 20))
    assert chart.sentence == (
        "6 of 10 so far. Early: 4 to go, done in 4 weeks with 50 % chance "
        "and in 4 weeks with 85 % chance (from 6 weeks)."
    )
    assert [week.careful for week in chart.ahead] == [7, 8, 9, 10]
    assert chart.likely_day == chart.careful_day == chart.ahead[-1].ends
    assert "forecast" in chart.draw(Size.HALF)


def test_a_burn_up_without_a_forecast_says_why():
    past = burn_up([START], {START: 10}, START)
    chart = burn_up_chart("People", past, forecast([1], 9), fan([1], 9, 20))
    assert chart.ahead == () and chart.likely_day is None
    assert chart.sentence.endswith("No forecast: 1 week of data, 5 are needed.")
