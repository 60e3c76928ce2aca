"""Charts as server-rendered SVG: pure functions from values to markup, looks in
``static/css/charts.css``.
"""

from app.core.charts.burnup import Ahead, BurnUpChart, Week
from app.core.charts.expected import ExpectedChart, ExpectedWeek
from app.core.charts.figure import figure, fitting
from app.core.charts.flow import FlowChart, FlowWeek
from app.core.charts.frame import Size
from app.core.charts.happened import Happened
from app.core.charts.points import ChartDot, Lines
from app.core.charts.series import SeriesChart
from app.core.charts.signs import sign
from app.core.charts.table import Table

__all__ = [
    "Ahead",
    "BurnUpChart",
    "ChartDot",
    "ExpectedChart",
    "ExpectedWeek",
    "FlowChart",
    "FlowWeek",
    "Happened",
    "Lines",
    "SeriesChart",
    "Size",
    "Table",
    "Week",
    "figure",
    "fitting",
    "sign",
]
