"""Moved people say by a link of their own whether it still works, and are seen on days."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0053"
branch_labels = None
depends_on = None


def _number(name: str, *, always: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=not always,)


def _moment(name: str, *, always: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not always,)


def _text(name: str, kind: type[sa.String] = sa.String) -> sa.Column[str]:
    return sa.Column(name, kind(), nullable=False,)


def _to(here: str, name: str, table: str, how: str) -> sa.ForeignKeyConstraint:
    named = op.f(f"fk_{here}_{name}_{table}")
    return sa.ForeignKeyConstraint([name], [f"{table}.id"], name=named, ondelete=how,)


def upgrade() -> None:
    op.create_table(
        "works_ask",
        *(_number("id"), _number("switch_id"), _text("link_mark")),
        *(_moment("link_until"), _moment("sent_at"), _moment("no_at")),
        *(_moment("cleared_at"), _text("cleared_by")),
        _to("works_ask", "switch_id", "switch", "CASCADE",),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_works_ask"),),
        sa.UniqueConstraint("switch_id", name=op.f("uq_works_ask_switch_id"),),
    )
    op.create_table(
        "works_answer",
        *(_number("id"), _number("ask_id"), _number("service_id", always=False,)),
        sa.Column("works", sa.Boolean(), nullable=False,),
        *(_text("words", sa.Text,), _moment("said_at", always=True,)),
        _number("incident_id", always=False,),
        _to("works_answer", "ask_id", "works_ask", "CASCADE",),
        _to("works_answer", "service_id", "service", "CASCADE",),
        _to("works_answer", "incident_id", "incident", "SET NULL",),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_works_answer"),),
        sa.UniqueConstraint(
            "ask_id", "service_id", name=op.f("uq_works_answer_ask_id_service_id")
        ),
    )
    op.create_index(op.f("ix_works_answer_ask_id"), "works_answer", ["ask_id"],)
    op.create_table(
        "seen_day",
        *(_number("id"), _number("switch_id")),
        *(sa.Column("day", sa.Date(), nullable=False,), _text("how")),
        _to("seen_day", "switch_id", "switch", "CASCADE",),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seen_day"),),
        sa.UniqueConstraint(
            "switch_id", "day", name=op.f("uq_seen_day_switch_id_day")
        ),
    )


def downgrade() -> None:
    for table in ("seen_day", "works_answer", "works_ask"):
        op.drop_table(table)
