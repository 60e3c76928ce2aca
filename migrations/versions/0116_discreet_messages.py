"""Invitations to meetings, questions of pulses and mails of the status are kinds of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0116"
down_revision = "0129"
branch_labels = None
depends_on = None

KINDS = (
    "investigating",
    "scope",
    "update",
    "restored",
    "planned work",
    "answer",
    "asks for feedback",
)
DISCREET = {
    "meeting": ("invitation", "planned work"),
    "pulse": ("pulse", "asks for feedback"),
    "status": ("status by mail", "answer"),
}
"""What names each in ``audience``: its kind, and the one it had before."""


def upgrade() -> None:
    _allow(*KINDS, *(kind for kind, _before in DISCREET.values()))
    for name, (kind, _before) in DISCREET.items():
        _move(name, kind)


def _move(name: str, kind: str) -> None:
    """Give the messages that were sent from one room their kind."""
    message = sa.table(
        "message",
        sa.column("id", sa.Integer()),
        sa.column("kind", sa.String()),
        sa.column("incident_id", sa.Integer()),
        sa.column("audience", sa.JSON()),
    )
    here = op.get_bind()
    wanted = sa.select(message.c.id, message.c.audience)
    rows = here.execute(wanted.where(message.c.incident_id.is_(None))).all()
    numbers = [number for number, audience in rows if name in (audience or {})]
    for number in numbers:
        here.execute(
            message.update().where(message.c.id == number).values(kind=kind)
        )


def _allow(*kinds: str) -> None:
    quoted = ", ".join(f"'{kind}'" for kind in kinds)
    name = op.f("ck_message_kind")
    with op.batch_alter_table("message") as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, f"kind IN ({quoted})")


def downgrade() -> None:
    message = sa.table("message", sa.column("kind", sa.String()))
    for kind, before in DISCREET.values():
        mine = message.c.kind == kind
        op.execute(message.update().where(mine).values(kind=before))
    _allow(*KINDS)
