"""A role has an improvement of its own, a wave is a rung of it, a switch a participant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0062"
branch_labels = None
depends_on = None

Row = Mapping[str, Any]
OVER = ("embedded", "stopped", "rejected", "duplicate")
BEGUN = ("applying", "soaking", "confirmed", "stopped", "undoing")
INSIDE = ("role on", "overlap", "direct off", "undoing", "conflict")
STANDS = {
    "approved": "prepared",
    "soaking": "observing",
    "confirmed": "accepted",
    "closed": "accepted",
    "undone": "undone",
    "failed": "undone",
    **dict.fromkeys(INSIDE, "switched"),
}
NOT_SAID = "It was decided before waves were rungs: the next wave was approved."
TAKEN_BACK = "The wave was taken back before waves were rungs."
WITHDRAWN = "The plan was withdrawn."


def upgrade() -> None:
    _link("wave", "iteration")
    _link("switch", "participation")
    bind = op.get_bind()
    tables = sa.MetaData()
    names = (
        *("improvement", "iteration", "participation", "decision"),
        *("role", "wave", "switch", "person"),
    )
    tables.reflect(bind, only=names)
    for role in _all(bind, tables.tables["role"]):
        _role(bind, tables.tables, role)


def downgrade() -> None:
    bind = op.get_bind()
    tables = sa.MetaData()
    tables.reflect(bind, only=("improvement", "role"))
    role, improvement = tables.tables["role"], tables.tables["improvement"]
    larger = sa.select(improvement.c.parent_id).where(
        improvement.c.id == role.c.improvement_id
    )
    bind.execute(role.update().values(improvement_id=larger.scalar_subquery()))
    _unlink("switch", "participation")
    _unlink("wave", "iteration")


def _link(table_name: str, to: str) -> None:
    with op.batch_alter_table(table_name) as table:
        table.add_column(sa.Column(f"{to}_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f(f"fk_{table_name}_{to}_id_{to}"),
            to,
            [f"{to}_id"],
            ["id"],
            ondelete="SET NULL",
        )
        unique = op.f(f"uq_{table_name}_{to}_id")
        table.create_unique_constraint(unique, [f"{to}_id"])


def _unlink(table_name: str, to: str) -> None:
    with op.batch_alter_table(table_name) as table:
        table.drop_constraint(op.f(f"uq_{table_name}_{to}_id"), type_="unique")
        fk = op.f(f"fk_{table_name}_{to}_id_{to}")
        table.drop_constraint(fk, type_="foreignkey")
        table.drop_column(f"{to}_id")


def _all(bind: sa.Connection, table: sa.Table, **same: Any) -> list[Row]:
    wanted = sa.select(table).order_by(table.c.id)
    for name, value in same.items():
        wanted = wanted.where(table.c[name] == value)
    return [dict(row) for row in bind.execute(wanted).mappings()]


def _add(bind: sa.Connection, table: sa.Table, **values: Any) -> int:
    """Write one row; texts that nobody gave are empty."""
    texts = {
        column.name: ""
        for column in table.columns
        if not column.nullable and isinstance(column.type, sa.String)
    }
    done = bind.execute(table.insert().values(**{**texts, **values}))
    return int(done.inserted_primary_key[0])


def _set(bind: sa.Connection, table: sa.Table, number: int, **values: Any) -> None:
    bind.execute(table.update().where(table.c.id == number).values(**values))


def _role(bind: sa.Connection, tables: Mapping[str, sa.Table], role: Row) -> None:
    wave = tables["wave"]
    waves = sorted(_all(bind, wave, role_id=role["id"]), key=_number)
    begun = any(one["state"] in BEGUN for one in waves)
    own = _own(bind, tables, role, begun)
    _set(bind, tables["role"], role["id"], improvement_id=own)
    open_one = _open_of(waves)
    for one in waves:
        rung = _rung(bind, tables, one, own, open_one)
        _set(bind, wave, one["id"], iteration_id=rung)
        _people(bind, tables, one["id"], rung)


def _number(wave: Row) -> int:
    return int(wave["number"])


def _own(
    bind: sa.Connection, tables: Mapping[str, sa.Table], role: Row, begun: bool
) -> int:
    """Return the improvement of a role: one it had by itself already, else a new one below what it
    stood under, or below the programme for roles.
    """
    title, improvement = f"Role {role['name']}", tables["improvement"]
    parent = role["improvement_id"] or _programme(bind, improvement)
    known = _all(bind, improvement, kind="role", title=title, parent_id=parent)
    if known:
        return int(known[0]["id"])
    state = "in progress" if begun else "accepted"
    learned = ""
    if role["retired_at"] is not None:
        state, learned = "stopped", "The role was retired."
    return _add(
        bind,
        improvement,
        title=title,
        kind="role",
        state=state,
        source="idea",
        funding="unknown",
        revision=1,
        horizon_years=1,
        parent_id=parent,
        stop_learning=learned,
        since=role["retired_at"] or role["created_at"],
        touched_at=role["retired_at"] or role["created_at"],
        created_at=role["created_at"],
        created_by=role["created_by"],
    )


def _programme(bind: sa.Connection, improvement: sa.Table) -> int | None:
    found = _all(bind, improvement, kind="access")
    return next((one["id"] for one in found if one["state"] not in OVER), None)


def _open_of(waves: Iterable[Row]) -> int | None:
    """Return the wave that waits for its decision: the last one that was approved or begun."""
    there = [one["id"] for one in waves if one["state"] in (*BEGUN, "approved")]
    return there[-1] if there else None


def _rung(
    bind: sa.Connection,
    tables: Mapping[str, sa.Table],
    wave: Row,
    own: int,
    open_one: int | None,
) -> int:
    iteration = tables["iteration"]
    known = _all(bind, iteration, improvement_id=own, number=wave["number"])
    if known:
        return int(known[0]["id"])
    began = wave["started_at"] or wave["approved_at"]
    state, why = _state(wave, open_one)
    rung = _add(
        bind,
        iteration,
        improvement_id=own,
        number=wave["number"],
        state=state,
        open_of=own if wave["id"] == open_one else None,
        revision=1,
        planned_size=max(1, len(_all(bind, tables["switch"], wave_id=wave["id"]))),
        minimum_points=8,
        observe_days=0,
        pulse_floor=0.6,
        created_at=wave["created_at"],
        created_by=wave["author"],
        started_at=None if state == "planned" else began,
        started_by=wave["applied_by"] or wave["approved_by"],
        changed_on=began.date() if began and state != "planned" else None,
        ended_at=wave["ended_at"] if why else None,
        ended_reason=why,
        what_changes="The people of this wave get their rights by the role.",
    )
    if state == "decided":
        _decided(bind, tables["decision"], wave, rung, why)
    return rung


def _state(wave: Row, open_one: int | None) -> tuple[str, str]:
    """Return where the rung of a wave stands, and why it is over where it is."""
    if wave["state"] == "withdrawn":
        return "aborted", wave["message"] or WITHDRAWN
    if wave["state"] == "undone":
        return "decided", TAKEN_BACK
    if wave["id"] == open_one:
        return "running", ""
    if wave["state"] in BEGUN:
        return "decided", NOT_SAID
    return "planned", ""


def _decided(
    bind: sa.Connection, decision: sa.Table, wave: Row, rung: int, why: str
) -> None:
    _add(
        bind,
        decision,
        iteration_id=rung,
        kind="roll back" if why == TAKEN_BACK else "scale",
        verdict=None,
        reason=why,
        next_size=0,
        gate=[],
        overrides=[],
        evidence=[f"wave:{wave['id']}"],
        created_at=wave["ended_at"] or wave["started_at"] or wave["created_at"],
        created_by="Rung",
    )


def _people(
    bind: sa.Connection, tables: Mapping[str, sa.Table], wave_id: int, rung: int
) -> None:
    participation, switch = tables["participation"], tables["switch"]
    known = _all(bind, participation, iteration_id=rung)
    there = {one["person_id"]: one["id"] for one in known}
    wave = _all(bind, tables["wave"], id=wave_id)[0]
    for one in sorted(_all(bind, switch, wave_id=wave_id), key=_position):
        number = there.get(one["person_id"])
        if number is None:
            taking = _taking(bind, tables["person"], wave, one)
            number = _add(bind, participation, iteration_id=rung, **taking)
        _set(bind, switch, one["id"], participation_id=number)


def _position(switch: Row) -> int:
    return int(switch["position"])


def _taking(bind: sa.Connection, person: sa.Table, wave: Row, one: Row) -> Row:
    """Return the participant that a switch is."""
    left = one["state"] == "stale" or wave["state"] == "withdrawn"
    began = one["switched_at"] or one["started_at"]
    state = STANDS.get(one["state"], "invited")
    if state == "undone" and began is None:
        state, left = "prepared", True
    observing = one["switched_at"] if state in ("observing", "accepted") else None
    return {
        "person_id": one["person_id"],
        "name": _all(bind, person, id=one["person_id"])[0]["name"],
        "state": state,
        "prepared_at": wave["approved_at"],
        "switched_at": began,
        "observing_at": observing,
        "accepted_at": one["confirmed_at"],
        "accepted_by": one["confirmed_by"],
        "undone_at": one["undone_at"] if state == "undone" else None,
        "undo_reason": one["reason"] if state == "undone" else "",
        "created_at": wave["created_at"],
        "created_by": wave["author"],
        "left_at": (wave["ended_at"] or wave["created_at"]) if left else None,
    }
