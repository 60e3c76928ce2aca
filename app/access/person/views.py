"""One person: where each right comes from, what happened, one undo."""

from __future__ import annotations

from flask import Response
from flask_babel import lazy_gettext as _l

from app.access.blueprint import bp
from app.access.person.queries import person_page
from app.auth import current_permissions, requires
from app.core.htmx import answer
from app.core.parts import parts
from app.core.web.words import give_words

give_words(
    bp,
    before_words={
        "direct": _l("direct"),
        "nested": _l("nested"),
        "not held": _l("not held"),
    },
)


@bp.get("/people/<int:person_id>")
@requires("read")
def person(person_id: int) -> Response:
    """Show one person with every right and where it comes from."""
    with parts().database.read() as session:
        found = person_page(session, person_id, current_permissions())
    return answer("access/person/person.html", "body", person=found)
