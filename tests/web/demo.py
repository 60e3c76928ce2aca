"""A page with every macro once, added to an app under test."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask_wtf import FlaskForm
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.wrappers import Response
from wtforms import (
    BooleanField,
    FileField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired

from app.auth import public
from app.core.errors import Invalid, Refused
from app.core.htmx import answer
from app.core.parts import KEY
from app.core.web import Paging, blaming, choices


class DemoForm(FlaskForm):
    """One field of each kind."""

    name = StringField(
        "Name", [DataRequired("Give a name.")], description="As people call the work."
    )
    reason = TextAreaField("Reason")
    realise = SelectField(
        "Realised",
        choices=choices([("nested", "nested"), ("materialised", "materialised")]),
    )
    rights = SelectMultipleField(
        "Rights", choices=choices([("1", "fin-post"), ("2", "fin-read")])
    )
    sure = BooleanField("I have read the losses")
    kind = RadioField(
        "From",
        choices=choices(
            [("person", "One person’s rights"), ("joiner", "The next joiner")]
        ),
        default="person",
    )
    export = FileField("LDIF file")


def add_demo(app: Flask) -> Flask:
    """Add the page at ``/parts``; posting to it answers with errors unless a name is given."""
    app.jinja_loader = ChoiceLoader(
        [app.jinja_loader, FileSystemLoader(Path(__file__).parent / "templates")]
    )

    @app.route("/parts", methods=["GET", "POST"])
    @public
    def parts_page() -> Response:
        form = DemoForm()
        if form.validate_on_submit():
            with blaming(form):
                raise Invalid("A role of this name exists.", field="name")
            with blaming(form):
                raise Refused("The directory is frozen.")
        paging = Paging(2, 50).of(430)
        return answer(
            "parts.html",
            "body",
            form=form,
            paging=paging,
            when=app.extensions[KEY].now(),
        )

    return app
