"""How a move is asked for, and how the register is narrowed down."""

from __future__ import annotations

from flask import request
from flask_babel import lazy_gettext as _
from wtforms import HiddenField

from app.core.web.fields import Typed, day, line, number, words
from app.improvements.board.listing import RegisterFilter


class MoveForm(Typed):
    """Move an improvement over the board, with the reason that some moves ask for."""

    to = HiddenField()
    reason = words(_("Why"))
    limits_from = day(
        _("New limits from"),
        _(
            "Empty: the chart keeps its limits. Drift is judged by this level either way."
        ),
    )
    not_spent = number(
        _("What was not spent"),
        _("Stopping early leaves something over: hours, money. That is a gain."),
    )
    not_spent_unit = line(_("In which unit"), _("Like hours, or EUR."), longest=40)


def asked_filter() -> RegisterFilter:
    """Return what the address narrows the register to."""

    def text(name: str) -> str:
        return request.args.get(name, "").strip()[:200]

    return RegisterFilter(
        q=text("q"), state=text("state"), kind=text("kind"), owner=text("owner")
    )
