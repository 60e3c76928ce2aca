"""One improvement on one page."""

from __future__ import annotations

from flask import Response

from app.auth import current_permissions, requires
from app.core.htmx import answer
from app.core.parts import parts
from app.improvements.blueprint import bp
from app.improvements.metrics.charts import figure_of
from app.improvements.sheet.queries import improvement_page


@bp.get("/improvements/<int:improvement_id>")
@requires("read")
def improvement(improvement_id: int) -> Response:
    """Show one improvement on one page, step by step."""
    with parts().database.read() as session:
        page = improvement_page(
            session, improvement_id, parts().now().date(), current_permissions()
        )
    figures = [
        (series, figure_of(series, page.scene.first_start))
        for series in page.scene.series
    ]
    return answer(
        "improvements/sheet/improvement.html", "body", page=page, figures=figures
    )
