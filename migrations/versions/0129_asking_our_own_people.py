"""Our own people are asked too, so that one sees how they come to be for a change."""

from __future__ import annotations

from alembic import op

revision = "0129"
down_revision = "0125"
branch_labels = None
depends_on = None

BEFORE = ("sponsor", "participants", "relationship")
GOING = (
    "DELETE FROM pulse_ballot WHERE pulse_id IN"
    " (SELECT id FROM pulse WHERE kind = 'staff')",
    "DELETE FROM pulse_answer WHERE pulse_id IN"
    " (SELECT id FROM pulse WHERE kind = 'staff')",
    "DELETE FROM pulse_invitation WHERE pulse_id IN"
    " (SELECT id FROM pulse WHERE kind = 'staff')",
    "DELETE FROM pulse_theme WHERE pulse_id IN"
    " (SELECT id FROM pulse WHERE kind = 'staff')",
    "DELETE FROM pulse_question WHERE pulse_id IN"
    " (SELECT id FROM pulse WHERE kind = 'staff')",
    "DELETE FROM pulse WHERE kind = 'staff'",
)


def upgrade() -> None:
    _allow(*BEFORE, "staff")


def downgrade() -> None:
    # What nobody before this knows goes with what hangs on it.
    for sentence in GOING:
        op.execute(sentence)
    _allow(*BEFORE)


def _allow(*kinds: str) -> None:
    quoted = ", ".join(f"'{kind}'" for kind in kinds)
    name = op.f("ck_pulse_kind")
    with op.batch_alter_table("pulse") as table:
        table.drop_constraint(name, type_="check")
        table.create_check_constraint(name, f"kind IN ({quoted})")
