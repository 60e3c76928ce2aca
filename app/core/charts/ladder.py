"""The ladder as a progress bar: one rung for each size, done ●, running ◐, to come ○."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from markupsafe import Markup

from app.core.charts.axis import LETTER
from app.core.charts.frame import Size
from app.core.charts.svg import joined, line, picture, tag, text
from app.core.charts.table import Table
from app.core.figures import listed

HEIGHT = 78
RAILS = (22, 46)
MIDDLE = 34


class Stage(StrEnum):
    """Where a rung stands."""

    DONE = "done"
    RUNNING = "running"
    COMING = "coming"


@dataclass(frozen=True, slots=True)
class LadderRung:
    """One rung: its size in words ("1", "5", "everyone"), where it stands, what came of it
    ("scale", "undone").
    """

    size: str
    stage: Stage
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class LadderChart:
    """The rungs from the first to the last."""

    title: str
    rungs: tuple[LadderRung, ...]
    sentence: str = ""

    @property
    def words(self) -> str:
        """What the ladder shows, in words."""
        done = sum(rung.stage is Stage.DONE for rung in self.rungs)
        running = [rung.size for rung in self.rungs if rung.stage is Stage.RUNNING]
        now = f", running: {listed(running)}" if running else ""
        return f"{done} of {len(self.rungs)} rungs done{now}. {self.sentence}".strip()

    def draw(self, size: Size) -> Markup:
        """Return the ladder at one of the two sizes."""
        rails = joined(line("chart-rail", (0, y), (size.width, y)) for y in RAILS)
        step = size.width / max(len(self.rungs), 1)
        rungs = joined(
            _rung(rung, step * (place + 0.5), step)
            for place, rung in enumerate(self.rungs)
        )
        return picture(
            (size.width, HEIGHT), "chart-ladder", self.title, self.words, rails, rungs
        )

    def table(self) -> Table:
        """Return the rungs as a table."""
        rows = tuple(
            (rung.size, str(rung.stage), rung.outcome or None) for rung in self.rungs
        )
        return Table(self.title, ("Rung", "Stage", "Outcome"), rows)


def _rung(rung: LadderRung, x: float, room: float) -> Markup:
    bar = line(f"chart-rung {rung.stage}", (x, RAILS[0]), (x, RAILS[1]))
    knob = tag("circle", class_=f"chart-knob {rung.stage}", cx=x, cy=float(MIDDLE), r=6)
    half = tag("path", class_="chart-half", d=f"M{x:.1f} {MIDDLE - 6}a6 6 0 0 0 0 12z")
    named = text("chart-label strong", (x, 14), _fitting(rung.size, room), "middle")
    outcome = (
        text("chart-tick", (x, 64), _fitting(rung.outcome, room), "middle")
        if rung.outcome
        else ""
    )
    return bar + knob + (half if rung.stage is Stage.RUNNING else "") + named + outcome


def _fitting(words: str, room: float) -> str:
    """Cut words to what fits into so many pixels; the table has all of them."""
    letters = int(room // LETTER)
    return words if len(words) <= letters else f"{words[: letters - 1]}…"
