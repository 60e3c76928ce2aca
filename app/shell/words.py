"""What the macros make of states, kinds of change and tones: words, tones, icons."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import lazy_gettext as _l

from app.core.said import said
from app.core.web.words import Look

STATES = {
    "planned": Look("neutral", "circle-dashed"),
    "approved": Look("info", "circle-check"),
    "armed": Look("info", "clock", _l("armed")),
    "canary": Look("info", "hourglass", _l("the first one is watched")),
    "applying": Look("run", "play"),
    "role on": Look("run", "circle-dot"),
    "overlap": Look("run", "circle-dot"),
    "direct off": Look("run", "circle-dot"),
    "soaking": Look("info", "hourglass", _l("waiting to be seen working")),
    "confirmed": Look("good", "check"),
    "closed": Look("good", "check"),
    "stopped": Look("bad", "circle-alert"),
    "stale": Look("warn", "refresh-cw"),
    "blocked": Look("warn", "ban"),
    "paused": Look("warn", "circle-pause"),
    "undoing": Look("run", "undo-2"),
    "undone": Look("neutral", "undo-2"),
    "withdrawn": Look("neutral", "x"),
    "conflict": Look("bad", "git-compare"),
    "failed": Look("bad", "circle-x"),
    "intent": Look("run", "play"),
    "done": Look("good", "check"),
    "already": Look("neutral", "equal"),
    "refused": Look("bad", "circle-x"),
    "drift": Look("bad", "git-compare"),
    "unknown": Look("warn", "circle-help"),
    "skipped": Look("neutral", "minus"),
    "waiting": Look("neutral", "clock"),
    "running": Look("run", "play"),
    "complete": Look("good", "check"),
    "ok": Look("good", "check"),
    "warning": Look("warn", "triangle-alert"),
    "problem": Look("bad", "circle-alert"),
    "active": Look("good", "check"),
    "invited": Look("info", "hourglass"),
    "disabled": Look("neutral", "ban"),
    "gone": Look("warn", "user-x"),
    "exception": Look("warn", "flag"),
    "frozen": Look("info", "snowflake"),
}
"""Of waves, switches, steps, readings, findings of checks, operators."""

CHANGES = {
    "loss": Look("bad", "minus", _l("Loss")),
    "gain": Look("warn", "plus", _l("Gain")),
    "kept": Look("neutral", "equal", _l("Kept")),
    "exception": Look("warn", "flag", _l("Exception")),
    "covered": Look("good", "check", _l("Covered")),
    "change": Look("neutral", "pencil", _l("Change")),
    "add": Look("neutral", "plus", _l("Add")),
    "remove": Look("neutral", "minus", _l("Remove")),
}
FITS = {
    "covered": ("●", _l("covered")),
    "missing": ("○", _l("missing")),
    "extra": ("◆", _l("extra")),
}
NOTES = {"good": "circle-check", "warn": "triangle-alert", "bad": "circle-alert"}


def state_look(state: object) -> Look:
    """Return how a state is shown, with its word in the reader's language; unknown ones are shown
    plainly.
    """
    look = STATES.get(str(state))
    if look is None:
        return Look()
    return look if look.word else replace(look, word=said(str(state)))


def fit_mark_of(fit: object) -> tuple[str, object]:
    """Return the sign of a right that fits, is missing or is extra, and its word."""
    return FITS.get(str(fit), ("", _l("not held")))
