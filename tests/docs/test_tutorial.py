"""The commands of the tutorial print what the tutorial says they print."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

from app.core.settings import PROJECT
from tests.conftest import Rung

TUTORIAL = (PROJECT / "docs" / "tutorial.md").read_text(encoding="utf-8")
MOVING = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d)?|(?<=All )\d+")
"""What differs from run to run: days, times, and how many events there are."""


def told() -> list[tuple[list[str], str]]:
    """Return each command of the tutorial with what it prints, except those of the shell itself."""
    blocks = re.findall(r"^```\n(.*?)^```", TUTORIAL, re.DOTALL | re.MULTILINE)
    lines = "".join(blocks).split("$ ")[1:]
    pairs = [line.partition("\n") for line in lines]
    return [
        (shlex.split(line)[1:], printed)
        for line, _, printed in pairs
        if line.startswith("rung ")
    ]


def test_the_tutorial_prints_what_the_program_prints(
    rung: Rung, rung_as: Callable[[str], Rung]
) -> None:
    assert rung("demo").code == 0
    admin = rung_as("admin")
    steps = told()
    assert len(steps) > 12
    for arguments, printed in steps:
        done = admin(*arguments)
        assert MOVING.sub("…", done.err + done.out) == MOVING.sub("…", printed), (
            arguments
        )
