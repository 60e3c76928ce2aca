"""A form whose fields others saved meanwhile: both texts stand there, and neither is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.core.plain import plain
from app.core.web.fields import Typed
from app.improvements.history.actions import Overtaken
from app.models.improvements.improvement import Improvement
from app.models.improvements.iteration import Iteration


def join_texts(
    form: Typed, row: Improvement | Iteration, base: Mapping[str, Any], error: Overtaken
) -> dict[str, str]:
    """Bring a form onto the row as it is now and return what others saved, by field.

    Fields that were not touched show what is saved; those that clash keep what was typed. Saving
    again is then a choice made with both texts in sight.
    """
    theirs = {clash.field: clash.theirs for clash in error.clashes}
    for name, mine in form.values().items():
        if name not in theirs and plain(mine) == base[name]:
            form[name].data, form[name].raw_data = getattr(row, name), None
    form.revision.data, form.revision.raw_data = row.revision, None
    return {name: "" if text is None else str(text) for name, text in theirs.items()}
