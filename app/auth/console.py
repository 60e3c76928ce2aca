"""Who acts on the command line."""

from __future__ import annotations

import getpass

from sqlalchemy import select

from app.core.errors import Refused
from app.core.parts import parts
from app.models.auth import Operator


def actor() -> str:
    """Return who acts: the operator set by RUNG_OPERATOR, who must exist, else the console user of
    this machine.
    """
    name = parts().settings.operator
    if not name:
        return f"console ({getpass.getuser()})"
    active = select(Operator.id).where(
        Operator.name == name, Operator.disabled_at.is_(None)
    )
    with parts().database.read() as session:
        if session.execute(active).first() is None:
            raise Refused(f"RUNG_OPERATOR names {name}, who is no active operator.")
    return name
