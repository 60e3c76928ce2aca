"""The business case: as of any day, two days compared, frozen, as Markdown; every sentence leads to
its record.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, make_response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from app.auth import requires
from app.auth.acting import acting
from app.core.addresses import public_address
from app.core.htmx import answer, done
from app.core.parts import parts
from app.improvements.blueprint import bp
from app.improvements.case.actions import freeze_case
from app.improvements.case.queries import (
    business_case,
    compared,
    frozen_case,
    frozen_cases,
)
from app.improvements.case.records import shown_on
from app.improvements.case.text import as_markdown
from app.improvements.queries import get_improvement


@bp.get("/improvements/<int:improvement_id>/case")
@requires("read")
def case(improvement_id: int) -> Response:
    """Show the business case as of a day, or what changed between two days."""
    now = parts().now()
    as_of, against = _asked("as-of") or now.date(), _asked("against")
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
        as_of = max(as_of, one.created_at.date())
        found = business_case(session, improvement_id, as_of, now)
        known = frozen_cases(session, improvement_id)
        earlier = max(against, one.created_at.date()) if against else None
        differences = (
            compared(session, improvement_id, earlier, as_of, now) if earlier else ()
        )
    return answer(
        "improvements/case/case.html",
        "body",
        one=one,
        case=found,
        as_of=as_of,
        against=earlier,
        differences=differences,
        frozen_ones=known,
        frozen_one=None,
        address=_address,
    )


@bp.get("/improvements/<int:improvement_id>/case.md")
@requires("read")
def case_markdown(improvement_id: int) -> Response:
    """Return the business case as Markdown."""
    now = parts().now()
    with parts().database.read() as session:
        one = get_improvement(session, improvement_id)
        as_of = max(_asked("as-of") or now.date(), one.created_at.date())
        found = business_case(session, improvement_id, as_of, now)
    text = as_markdown(found, lambda record: _address(record, external=True))
    response = make_response(
        text, 200, {"Content-Type": "text/markdown; charset=utf-8"}
    )
    response.headers.set(
        "Content-Disposition",
        "attachment",
        filename=f"business-case-{improvement_id}-{as_of}.md",
    )
    return response


@bp.post("/improvements/<int:improvement_id>/case/freeze")
@requires("improve")
def case_freeze(improvement_id: int) -> AnyResponse:
    """Freeze the business case as of a day, with its hash."""
    as_of = _day(request.form.get("as-of", "")) or parts().now().date()
    with acting() as act:
        made = freeze_case(act, improvement_id, as_of)
    return done(
        url_for("improvements.case_frozen", case_id=made.id),
        _("Frozen. These words stay as they are."),
    )


@bp.get("/cases/<int:case_id>")
@requires("read")
def case_frozen(case_id: int) -> Response:
    """Show a business case as it was frozen."""
    with parts().database.read() as session:
        known, found = frozen_case(session, case_id)
        one = get_improvement(session, int(found.record.partition(":")[2]))
    return answer(
        "improvements/case/case.html",
        "body",
        one=one,
        case=found,
        as_of=found.as_of,
        against=None,
        differences=(),
        frozen_ones=(),
        frozen_one=known,
        address=_address,
    )


@bp.get("/records/<string:kind>/<int:number>")
@requires("read")
def record(kind: str, number: int) -> AnyResponse:
    """Go to the page that shows a record."""
    with parts().database.read() as session:
        page, found = shown_on(session, kind, number)
    name: dict[str, Any] = {f"{page}_id": found}
    return redirect(url_for(f"improvements.{page}", **name), 303)


def _address(name: str, external: bool = False) -> str:
    kind, _colon, number = name.partition(":")
    path = url_for("improvements.record", kind=kind, number=int(number))
    return public_address(parts().settings, path) if external else path


def _asked(name: str) -> date | None:
    return _day(request.args.get(name, ""))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
