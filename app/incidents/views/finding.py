"""Find an incident by a number, a word, a name."""

from __future__ import annotations

from flask import Response, request

from app.auth import requires
from app.core.htmx import answer
from app.core.parts import parts
from app.core.web import asked_page
from app.incidents.blueprint import bp
from app.incidents.queries.finding import found_incidents


@bp.get("/desk/search")
@requires("desk")
def search() -> Response:
    """List the incidents in which the words stand, ended ones too."""
    words, page = request.args.get("words", "")[:200], asked_page()
    with parts().database.read() as session:
        found, total = found_incidents(session, words, page.size, page.offset)
    return answer("incidents/search.html", "list", found=found, words=words, paging=page.of(total))
