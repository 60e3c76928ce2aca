"""Forms of templates: with a field for each thing a template holds, and as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    FormField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from app.core.web.fields import Typed, line, whole, word, words
from app.improvements.metrics.forms import MetricForm
from app.improvements.register.forms import (
    PARTS,
    GoalForm,
    MomentumForm,
    NowForm,
    StandingForm,
    VisionForm,
    WayForm,
)
from app.improvements.templates.rules import HEAD, LISTS, SENTENCES, Template
from app.models.improvements.words import (
    Direction,
    FindingKind,
    Funding,
    ImprovementKind,
    ImprovementSource,
    MetricRole,
)

ROWS = ("metrics", *LISTS)
NOTHING = (None, "")
USUAL = {
    "role": "primary",
    "scope": "service",
    "period": "week",
    "tally": "measured",
    "source": "typed in",
}
"""What a metric is where its template does not say it."""
UNSAID = {
    "tally": "measured",
    "source": "typed in",
    "skewed": False,
    "full_count": False,
}
"""What a template need not say of a metric."""


class StartForm(Typed):
    """Start an improvement from a template."""

    title = line(_("What do you call it here?"), longest=200)


class InnerForm(Typed):
    """A form inside of another one, which brings the token and the revision."""

    class Meta:
        """The token is that of the whole form."""

        csrf = False

    revision = None


def in_order_of(form: type[Typed], fields: Iterable[Field]) -> list[Field]:
    """Return those of the fields that another form has too, as they follow there."""
    there = [one for one in fields if hasattr(form, one.short_name)]
    return sorted(
        there,
        key=lambda one: getattr(form, one.short_name).creation_counter,
    )


class FieldsPart(
    InnerForm, StandingForm, VisionForm, NowForm, GoalForm, WayForm, MomentumForm
):
    """What an improvement begins with; nothing of it has to be said."""

    title = kind = None
    service = line(_("Service"))
    source = word(
        _("Where it came from"),
        ImprovementSource,
        none=_("not said"),
    )
    funding = word(_("Funding"), Funding, none=_("not said"))

    def groups(self) -> Iterator[tuple[Any, list[Field]]]:
        """Return the fields under the headings they have on the page of an improvement."""
        for form, heading in PARTS.values():
            yield heading, in_order_of(form, self)


class TemplateRow(InnerForm):
    """One of several rows; empty ones and those that are ticked are not kept."""

    leave_out = BooleanField(_("Leave it out"))

    @property
    def kept(self) -> bool:
        """Tell whether the row counts."""
        typed = [one.data for one in self if isinstance(one, StringField)]
        return not self.leave_out.data and any(one not in NOTHING for one in typed)

    def columns(self) -> list[Field]:
        """Return what a row holds."""
        columns = [one for one in self if one is not self.leave_out]
        return [*columns, self.leave_out]

    def told(self) -> dict[str, Any]:
        """Return what was typed, without what nobody knows."""
        values = self.values()
        del values["leave_out"]
        return {name: one for name, one in values.items() if one is not None}


class MetricRow(TemplateRow, MetricForm):
    """A metric an improvement begins with."""

    name = line(
        _("What is measured"),
        _("Like “Hours until restored” or “Calls about the same thing”."),
        longest=120,
    )
    role = word(
        _("What it is for"),
        MetricRole,
        _("One primary metric; guardrails must not get worse."),
        default=MetricRole.OTHER,
    )
    direction = word(_("Which way is better"), Direction, none=_("not said"))
    desk_figure = None

    def columns(self) -> list[Field]:
        """Return what a metric holds, as where one is added by hand."""
        return [*in_order_of(MetricForm, self), self.leave_out]

    def told(self) -> dict[str, Any]:
        """Return what was typed, without what goes without saying."""
        values = super().told().items()
        return {
            name: value
            for name, value in values
            if value != "" and (name not in UNSAID or UNSAID[name] != value)
        }


class RungRow(TemplateRow):
    """One rung of the ladder."""

    people = whole(_("How many people"))
    what = words(_("What changes for them"), rows=2)


class MeetingRow(TemplateRow):
    """One thing to talk about in the first meeting."""

    minutes = whole(_("Minutes"))
    topic = words(_("What it is about"), rows=2)


class FoundRow(TemplateRow):
    """One thing others found."""

    kind = word(_("How much it matters"), FindingKind)
    title = words(_("What was found"), rows=2)


class PictureRow(TemplateRow):
    """The good day, in the words of those it is for."""

    audience = words(_("Whose picture"), rows=1)
    text = words(_("How a good day looks"), rows=2)


class LearnRow(TemplateRow):
    """Something to learn from."""

    title = words(_("What it is called"), rows=1)
    url = words(_("Address"), rows=1)


class TaskRow(TemplateRow):
    """One thing that is to be done."""

    what = words(_("What is to be done"), rows=2)
    rung = whole(
        _("For which rung"),
        _("1 is the first of the ladder. Empty: for the improvement as a whole."),
    )
    days = whole(
        _("Within how many days"),
        _("From the day it is planned, where somebody owns it; 14 at most."),
    )


def sentences(label: Any) -> TextAreaField:
    """Return a field for sentences, one a line."""
    return words(label, _("One a line."), rows=4)


def key_line() -> StringField:
    """Return the field for the name of a template."""
    return line(_("Name in addresses"), _("Small letters with hyphens."), longest=60)


class TemplateForm(Typed):
    """A template, with a field for each thing it holds."""

    key = key_line()
    title = line(_("Title"), longest=200)
    kind = word(_("What it changes"), ImprovementKind)
    summary = words(_("What it is for, in a sentence or two"))
    fields = FormField(FieldsPart)
    metrics = FieldList(FormField(MetricRow), _("What to measure"))
    ladder = FieldList(FormField(RungRow), _("The rungs"))
    agenda = FieldList(FormField(MeetingRow), _("The first meeting"))
    findings = FieldList(FormField(FoundRow), _("What others found"))
    pictures = FieldList(FormField(PictureRow), _("Pictures of the good day"))
    links = FieldList(FormField(LearnRow), _("To learn from"))
    tasks = FieldList(FormField(TaskRow), _("What is to be done"))
    expectations = sentences(_("What to expect"))
    adoption = sentences(_("What moved people"))
    practices = sentences(_("Practices"))

    def add_row(self, name: str) -> None:
        """Put one more row at the end of a list."""
        self[name].append_entry()

    def kept(self, name: str) -> list[TemplateRow]:
        """Return the rows of a list that count."""
        return [entry.form for entry in self[name] if entry.form.kept]

    def told(self) -> dict[str, Any]:
        """Return what was typed as a template has it."""
        values = self.values()
        fields = self.fields.form.values().items()
        return {
            **{name: values[name] for name in HEAD},
            **{name: _sentences(values[name]) for name in SENTENCES},
            "fields": {name: one for name, one in fields if one not in NOTHING},
            **{name: [row.told() for row in self.kept(name)] for name in ROWS},
        }

    def place_of(self, place: str) -> Field | None:
        """Return the field of a place in the template, as ``ladder-1-people``: the second rung that
        counts.
        """
        name, _dash, rest = place.partition("-")
        if name not in ROWS:
            return {one.name: one for one in self.leaves()}.get(place)
        number, _dash, column = rest.partition("-")
        row = self.kept(name)[int(number)]
        return row._fields.get(column)

    def leaves(self) -> list[Field]:
        """Return all fields somebody types into, also those of the rows."""
        return list(_leaves(self))

    @property
    def errors(self) -> dict[str | None, Any]:
        """Return what is wrong by the names of the fields, and with the whole under ``None``."""
        found: dict[str | None, Any] = {
            one.name: one.errors for one in self.leaves() if one.errors
        }
        return {**found, None: self.form_errors} if self.form_errors else found


class TextForm(Typed):
    """A template as text."""

    key = key_line()
    content = TextAreaField(
        _("Template"),
        id="template-text",
        validators=[InputRequired(_("Write the template.")), Length(max=40_000)],
        description=_(
            "TOML: title, kind, summary; [fields] of an improvement; [[metrics]], [[ladder]], "
            "[[agenda]], [[findings]], [[tasks]]."
        ),
        render_kw={"rows": 28, "class": "mono", "spellcheck": "false"},
    )

    def place_of(self, place: str) -> Field:
        """Return the field in which a place of the template stands: the text."""
        return self._fields.get(place, self.content)


def typed(template: Template) -> dict[str, Any]:
    """Return a template as ``TemplateForm`` takes it."""
    names = ("key", *HEAD, "fields", *LISTS)
    return {
        **{name: getattr(template, name) for name in names},
        **{name: "\n".join(getattr(template, name)) for name in SENTENCES},
        "fields": dict(template.fields),
        "metrics": [{**USUAL, **one} for one in template.metrics],
    }


def _sentences(text: str) -> list[str]:
    lines = map(str.strip, text.splitlines())
    return [one for one in lines if one]


def _leaves(fields: Iterable[Field]) -> Iterator[Field]:
    for one in fields:
        if isinstance(one, (FieldList, FormField)):
            yield from _leaves(one)
        else:
            yield one
