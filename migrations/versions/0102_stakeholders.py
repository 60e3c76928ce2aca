"""Stakeholders: who has a say, where they stood, what was tried, what is to be done."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0102"
down_revision = "0087"
branch_labels = None
depends_on = None

STANCES = ("unaware", "resistant", "neutral", "supportive", "leading")
SCORES = ("awareness", "desire", "knowledge", "ability", "reinforcement")


def upgrade() -> None:
    op.create_table(
        "stakeholder",
        sa.Column("id", sa.Integer(), nullable=False),
        _whole("revision"),
        _key("stakeholder", "improvement", "CASCADE"),
        _line("name"),
        _word("kind", ("person", "group", "external group")),
        _line("company"),
        _key("stakeholder", "person", "SET NULL"),
        sa.Column("is_sponsor", sa.Boolean(), nullable=False),
        _text("leads"),
        _whole("power"),
        _whole("interest"),
        _word("stance", STANCES),
        _word("desired", STANCES),
        sa.Column("assessed_on", sa.Date(), nullable=True),
        _text("reason"),
        _text("problem"),
        _key("stakeholder", "complaint", "SET NULL"),
        _text("benefit"),
        _text("driver"),
        _line("liaison"),
        _text("agents"),
        *_made(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stakeholder")),
    )
    op.create_table(
        "stakeholder_assessment",
        *_of_stakeholder("assessment"),
        sa.Column("day", sa.Date(), nullable=False),
        _word("stance", STANCES),
        _text("reason"),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in SCORES),
        *_made(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stakeholder_assessment")),
    )
    op.create_table(
        "stakeholder_contact",
        *_of_stakeholder("contact"),
        sa.Column("day", sa.Date(), nullable=False),
        _word(
            "kind",
            (
                "in person",
                "visit at work",
                "by phone",
                "in a meeting",
                "in a small group",
                "one to one",
                "in writing",
            ),
        ),
        _line("who"),
        _line("technique"),
        _text("result"),
        sa.Column("heard", sa.Boolean(), nullable=False),
        *_made(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stakeholder_contact")),
    )
    op.create_table(
        "stakeholder_action",
        *_of_stakeholder("action"),
        _text("what"),
        _line("owner"),
        sa.Column("due", sa.Date(), nullable=True),
        _word("state", ("open", "done", "let go")),
        _text("result"),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        _line("ended_by"),
        *_made(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stakeholder_action")),
    )
    for name in ("improvement_id", "person_id", "complaint_id"):
        op.create_index(op.f(f"ix_stakeholder_{name}"), "stakeholder", [name])
    for name in ("assessment", "contact", "action"):
        index = op.f(f"ix_stakeholder_{name}_stakeholder_id")
        op.create_index(index, f"stakeholder_{name}", ["stakeholder_id"])
    op.create_index(
        "ix_stakeholder_action_state_due", "stakeholder_action", ["state", "due"]
    )


def _of_stakeholder(name: str) -> tuple[sa.Column[int], sa.Column[int]]:
    table = f"stakeholder_{name}"
    key = sa.ForeignKey(
        "stakeholder.id",
        ondelete="CASCADE",
        name=op.f(f"fk_{table}_stakeholder_id_stakeholder"),
    )
    number = sa.Column("id", sa.Integer(), nullable=False)
    return number, sa.Column("stakeholder_id", sa.Integer(), key, nullable=False)


def _key(table: str, to: str, ending: str) -> sa.Column[int]:
    name = op.f(f"fk_{table}_{to}_id_{to}")
    key = sa.ForeignKey(f"{to}.id", ondelete=ending, name=name)
    return sa.Column(f"{to}_id", sa.Integer(), key, nullable=ending == "SET NULL")


def _word(name: str, values: Sequence[str]) -> sa.Column[str]:
    kind = sa.Enum(
        *values, name=name, native_enum=False, create_constraint=True, length=20
    )
    return sa.Column(name, kind, nullable=False)


def _line(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _made() -> tuple[sa.Column[object], ...]:
    at = sa.Column("created_at", sa.DateTime(timezone=True), nullable=False)
    return at, sa.Column("created_by", sa.String(), nullable=False)


def downgrade() -> None:
    op.drop_table("stakeholder_action")
    op.drop_table("stakeholder_contact")
    op.drop_table("stakeholder_assessment")
    op.drop_table("stakeholder")
