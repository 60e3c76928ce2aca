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
    ``form.errors`` tells of it. Of several sentences each stands beside the field it asks for; a
    form with forms inside finds that one by its ``place_of``.
    """
    try:
        yield
    except (Invalid, Refused) as error:
        asked = any(getattr(line, "field", "") for line in error.details)
        for line in error.details if asked else (error.message,):
            _blame(form, line, getattr(line, "field", "") or error.field)


def _blame(form: FlaskForm, line: str, name: str) -> None:
    field = getattr(form, "place_of", form._fields.get)(name)
    if field is None:
        form.form_errors = [*form.form_errors, line]
    else:
        field.errors = [*field.errors, line]


def choices(pairs: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Return pairs of value and label as choices of a select field, ticks or radio buttons."""
    return [SelectChoice(value, label) for value, label in pairs]
