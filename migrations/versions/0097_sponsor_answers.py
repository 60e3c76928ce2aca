"""What is answered on the status page, and to whom it goes by mail once a week."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0097"
down_revision = "0102"
branch_labels = None
depends_on = None

KINDS = ("yes", "no", "asks", "objects")
LINKED = {"link_id": "status_link", "improvement_id": "improvement", "ask_id": "case_ask"}


def upgrade() -> None:
    with op.batch_alter_table("status_link") as table:
        for name in ("mail", "language"):
            table.add_column(
                sa.Column(name, sa.String(), server_default="", nullable=False)
            )
        table.add_column(sa.Column("mail_stopped_at", sa.DateTime(timezone=True)))
    kind = sa.Enum(
        *KINDS, name="kind", native_enum=False, create_constraint=True, length=20
    )
    op.create_table(
        "sponsor_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        *(_number(name, table) for name, table in LINKED.items()),
        sa.Column("kind", kind, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("whose", sa.String(), nullable=False),
        sa.Column("open_as", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replied_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sponsor_answer")),
        sa.UniqueConstraint("open_as", name=op.f("uq_sponsor_answer_open_as")),
    )
    for name in (*LINKED, "created_at"):
        op.create_index(op.f(f"ix_sponsor_answer_{name}"), "sponsor_answer", [name])


def _number(name: str, table: str) -> sa.Column[int]:
    key = sa.ForeignKey(f"{table}.id", name=op.f(f"fk_sponsor_answer_{name}_{table}"))
    return sa.Column(name, sa.Integer(), key, nullable=True)


def downgrade() -> None:
    op.drop_table("sponsor_answer")
    with op.batch_alter_table("status_link") as table:
        for name in ("mail_stopped_at", "language", "mail"):
            table.drop_column(name)
