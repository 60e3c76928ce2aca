"""Between forms and actions: what an action finds wrong stands beside the field it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from flask_wtf import FlaskForm
from wtforms.fields.choices import SelectChoice

from app.core.errors import Invalid, Refused


@contextmanager
def blaming(form: FlaskForm) -> Iterator[None]:
    """Put an ``Invalid`` or ``Refused`` of the work inside onto ``form``; afterwards
    ``form.errors`` tells of it.
    """
    try:
        yield
    except (Invalid, Refused) as error:
        field = form._fields.get(error.field)
        if field is None:
            form.form_errors = [*form.form_errors, error.message]
        else:
            field.errors = [*field.errors, error.message]


def choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Return pairs of value and label as choices of a select field, ticks or radio buttons."""
    return [SelectChoice(value, label) for value, label in pairs]
