"""Forms of what stands beside an improvement, each kind with its own fields; costs and benefits."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import lazy_gettext as _
from wtforms import RadioField
from wtforms.validators import InputRequired

from app.core.web.fields import (
    Typed,
    day,
    line,
    number,
    picked,
    picked_row,
    word,
    words,
    yes_no,
)
from app.core.web.forms import choices
from app.models.improvements.improvement import Note
from app.models.improvements.words import ImprovementNoteKind, Per, Side

Kind = ImprovementNoteKind
ARTICLE = "/knowledge/"
"""Where an article of the own knowledge base stands."""


class NoteForm(Typed):
    """What somebody writes down of one kind; ``kind`` is what it is kept as."""

    of: ClassVar[Kind]

    def note(self) -> dict[str, Any]:
        """Return what was typed as a note has it."""
        return {"kind": self.of, **self.values()}


class LessonForm(NoteForm):
    """What was learned, or unlearned."""

    of = Kind.LEARN
    kind = RadioField(
        _("What is it?"),
        choices=choices(
            [
                (Kind.LEARN.value, _("we know it now")),
                (Kind.UNLEARN.value, _("we believed it, and it is wrong")),
            ]
        ),
        default=Kind.LEARN.value,
    )
    text = words(_("What it is"), must=_("Say what it is."))
    happened_on = day(
        _("On which day"), _("With a day it also stands on the charts, on that day.")
    )

    def note(self) -> dict[str, Any]:
        """Return what was typed as a note has it."""
        values = super().note()
        return {**values, "kind": Kind(values["kind"])}


class PictureForm(NoteForm):
    """How a good day looks, for one audience."""

    of = Kind.PICTURE
    who = line(
        _("For whom"),
        _("One audience, like “the shops”: each has its own good day."),
        must=_("Say for which audience the picture is."),
    )
    text = words(
        _("How their good day looks"),
        _("In their words, as if it were so already."),
        must=_("Say how their good day looks."),
    )


class StakeholderForm(NoteForm):
    """What success is for one stakeholder, and whether they see it."""

    of = Kind.STAKEHOLDER
    who = picked(
        _("Who"),
        _("A person, a department or a group."),
        kind="names",
        loose=True,
        must=_("Say who the stakeholder is."),
    )
    text = words(_("What success is for them"), must=_("Say what success is for them."))
    answer = yes_no(_("Do they see it?"), unknown=_("not asked yet"))
    happened_on = day(_("Asked on"))


class PracticeForm(NoteForm):
    """A practice that is adopted, or skipped with a reason."""

    of = Kind.PRACTICE
    who = line(
        _("Practice"),
        _("Like “Kanban board” or “articles while solving”."),
        must=_("Name the practice."),
    )
    answer = RadioField(
        _("What becomes of it"),
        choices=choices(
            [
                ("yes", _("adopted")),
                ("no", _("skipped")),
                ("", _("not decided yet")),
            ]
        ),
        coerce=lambda value: {"yes": True, "no": False, True: True, False: False}.get(
            value
        ),
        validate_choice=False,
    )
    text = words(_("Why"), _("Skipped ones need a reason."))


class VolunteerForm(NoteForm):
    """Who offered to test, and whether they did."""

    of = Kind.VOLUNTEER
    who = picked(
        _("Who offered"), kind="names", loose=True, must=_("Name the volunteer.")
    )
    text = words(_("What they would like to try"))
    answer = yes_no(_("Did they try it?"), unknown=_("not yet"))
    happened_on = day(_("Offered on"))


class PresentationForm(NoteForm):
    """When it was shown to whom, and where the file is."""

    of = Kind.PRESENTATION
    happened_on = day(_("Shown on"))
    who = line(_("To whom"), must=_("Say to whom it was shown."))
    text = words(_("What they said"))
    url = line(
        _("File or recording"),
        _("An address, a path or a file share."),
        longest=1000,
    )

    def validate_happened_on(self, field: Any) -> None:
        """Ask for the day, by which it was before the start or not."""
        InputRequired(_("Say on which day it was shown."))(self, field)


class ArticleForm(NoteForm):
    """What the hands-on taught, as an article of the knowledge base."""

    of = Kind.ARTICLE
    text = line(
        _("What the hands-on taught"),
        _("The title of the article, or what it has to say."),
        must=_("Say what it has to say."),
    )
    article = picked_row(
        _("The article"), _("Empty while nobody has written it."), kind="articles"
    )
    url = line(_("Or its address elsewhere"), longest=1000)
    who = line(_("Who writes it"))

    def note(self) -> dict[str, Any]:
        """Return what was typed as a note has it: the article by its address."""
        values = super().note()
        article = values.pop("article")
        return {**values, "url": f"{ARTICLE}{article}"} if article else values


class LearnLinkForm(NoteForm):
    """Something to learn from."""

    of = Kind.LINK
    text = line(_("What it is called"), must=_("Say what it is called."))
    url = line(_("Address"), must=_("Give the address."), longest=1000)


class SuccessForm(NoteForm):
    """A success worth telling."""

    of = Kind.SUCCESS
    text = words(
        _("What went well"),
        _("As you would tell it to somebody from another department."),
        must=_("Say what went well."),
    )
    who = line(_("Who tells it"))
    happened_on = day(_("On which day"))
    url = line(_("Picture or article"), longest=1000)


FORMS: dict[Kind, type[NoteForm]] = {
    form.of: form
    for form in (
        LessonForm,
        PictureForm,
        StakeholderForm,
        VolunteerForm,
        PresentationForm,
        PracticeForm,
        ArticleForm,
        SuccessForm,
        LearnLinkForm,
    )
}
FORMS[Kind.UNLEARN] = LessonForm


def typed_note(note: Note) -> dict[str, Any]:
    """Return a note as its form takes it."""
    found = {name: getattr(note, name) for name in ("who", "text", "url", "answer")}
    article = note.url.removeprefix(ARTICLE)
    own = note.url.startswith(ARTICLE) and article.isdecimal()
    return {
        **found,
        "kind": note.kind.value,
        "happened_on": note.happened_on,
        **({"article": int(article), "url": ""} if own else {}),
    }


class CostForm(Typed):
    """A cost, a benefit, a dis-benefit, or the price of doing nothing."""

    side = word(_("Side"), Side)
    what = line(_("What it is"), must=_("Say what it is."))
    planned = number(_("Planned"))
    actual = number(_("Actual"), _("Once it is known."))
    unit = line(_("Unit"), _("Like EUR or hours."), longest=40)
    per = word(_("How often"), Per)
    for_whom = line(_("For whom"))
    assumption = words(_("Assumption behind the figure"), rows=2)
