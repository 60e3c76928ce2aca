"""How the incidents of the demo were classified: with answers of the script that lead to their
impact.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from app.catalog.queries.scripts import published_script
from app.catalog.rules.script import paths_to


def answered(
    session: Session, service_id: int | None, impact: int, turn: int = 0
) -> dict[str, Any]:
    """Return script and answers for a report that ends with ``impact``; nothing where no script
    leads there.

    ``turn`` chooses among several ways to answer, so that not all incidents sound the same.
    """
    script = published_script(session, service_id) if service_id else None
    paths = paths_to(script.content, impact) if script else []
    if script is None or not paths:
        return {}
    return {"script_id": script.id, "answers": paths[turn % len(paths)]}
