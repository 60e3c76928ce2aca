"""Charts as server-rendered SVG: pure functions from values to markup, looks in ``static/css/charts.css``."""

from app.charts.burnup import Ahead, BurnUpChart, Week
from app.charts.figure import both, figure
from app.charts.flow import FlowChart, FlowWeek
from app.charts.frame import Size
from app.charts.ladder import LadderChart, Rung, Stage
from app.charts.series import Dot, Lines, SeriesChart
from app.charts.spark import Spark, multiples
from app.charts.table import Table

__all__ = [
    "Ahead",
    "BurnUpChart",
    "Dot",
    "FlowChart",
    "FlowWeek",
    "LadderChart",
    "Lines",
    "Rung",
    "SeriesChart",
    "Size",
    "Spark",
    "Stage",
    "Table",
    "Week",
    "both",
    "figure",
    "multiples",
]
