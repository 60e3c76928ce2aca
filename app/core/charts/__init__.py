"""Charts as server-rendered SVG: pure functions from values to markup, looks in
``static/css/charts.css``.
"""

from app.core.charts.burnup import Ahead, BurnUpChart, Week
from app.core.charts.figure import both, figure
from app.core.charts.flow import FlowChart, FlowWeek
from app.core.charts.frame import Size
from app.core.charts.ladder import LadderChart, LadderRung, Stage
from app.core.charts.series import ChartDot, Lines, SeriesChart
from app.core.charts.spark import Spark, multiples
from app.core.charts.table import Table

__all__ = [
    "Ahead",
    "BurnUpChart",
    "ChartDot",
    "FlowChart",
    "FlowWeek",
    "LadderChart",
    "LadderRung",
    "Lines",
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
