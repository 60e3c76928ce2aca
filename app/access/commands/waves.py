"""Waves on the command line: plan, look at, approve, withdraw, confirm."""

from __future__ import annotations

import click

from app.access.commands.applied import apply, undo
from app.access.commands.armed import arm, disarm
from app.access.commands.duties import duty
from app.access.commands.gate import gate
from app.access.commands.halted import cancel, pause, resume, run, status
from app.access.commands.lookup import WAVE, member, told_wave
from app.access.commands.planned import plan
from app.access.commands.texts import (
    counted,
    counts_text,
    listed,
    plan_lines,
    standing_table,
    wave_name,
)
from app.access.commands.wave_data import all_waves, steps_data
from app.access.commands.works import answers, ask, give_back, settle, take_again
from app.access.drift.live import verify_live
from app.access.gate.actions import decide_wave, roll_back
from app.access.plan.written import forward_ldif, reverse_ldif
from app.access.queries import plan_of
from app.access.waves import actions as waves_actions
from app.access.waves.confirming import confirm as confirm_seen
from app.access.waves.confirming import confirm_seen_enough
from app.access.waves.queries import get_wave
from app.access.waves.writable import WritableLook, look_at_rights
from app.auth.console import actor
from app.auth.queries import operator_named
from app.core.errors import NotFound, Refused
from app.core.parts import parts
from app.core.terminal import emit, group
from app.models.improvements.words import DecisionKind


@group("wave")
def wave() -> None:
    """Waves: people who move to a role together, each with an undo."""


@wave.command("list")
def list_waves() -> None:
    """List all waves, the newest first."""
    with parts().database.read() as session:
        found = all_waves(session)
    rows = [{**each, "standing": counts_text(each["states"])} for each in found]
    headers = "W|Role|Wave|State|People|Planned by"
    shown = listed(
        headers, rows, "wave", "role", "number", "state", "standing", "author"
    )
    emit(
        {"waves": found},
        shown or "No waves yet. `rung wave plan ROLE --person PERSON` plans the first.",
    )


@wave.command("show")
@WAVE
def show(wave_id: int) -> None:
    """Show wave W: its plan, its approval, and where each person stands."""
    with parts().database.read() as session:
        told = told_wave(session, wave_id, parts().now())
    emit(
        told,
        [
            *plan_lines(told),
            *filter(None, [told["message"]]),
            standing_table(told["people"]),
        ],
    )


@wave.command("ldif")
@WAVE
@click.option(
    "--reverse", is_flag=True, help="What takes the plan back, for `ldapmodify -c`."
)
def ldif(wave_id: int, reverse: bool) -> None:
    """Print the plan of wave W as LDIF for ldapmodify: a way forward, and back, without Rung."""
    with parts().database.read() as session:
        plan = plan_of(get_wave(session, wave_id))
    text = reverse_ldif(plan) if reverse else forward_ldif(plan)
    emit({"wave": wave_id, "reverse": reverse, "ldif": text}, text.rstrip("\n"))


@wave.command("steps")
@WAVE
def steps(wave_id: int) -> None:
    """Show the journal of wave W: every directory change, what became of it, and why that is
    believed.
    """
    with parts().database.read() as session:
        get_wave(session, wave_id)
        found = steps_data(session, wave_id)
    shown = listed(
        "Step|Phase|State|Proof|What|",
        found,
        "step",
        "phase",
        "state",
        "proof",
        "sentence",
        "text",
    )
    emit({"wave": wave_id, "steps": found}, shown or "Nothing was begun yet.")


@wave.command("rights")
@WAVE
def rights(wave_id: int) -> int:
    """Ask, live, whether the write account may write all of wave W; nothing is changed."""
    look = look_at_rights(parts(), wave_id)
    emit(
        {
            "wave": wave_id,
            "directory": look.directory,
            "entries": look.entries,
            "refused": [{"dn": one.dn, "why": one.why} for one in look.refused],
            "unknown": [{"dn": one.dn, "why": one.why} for one in look.unknown],
        },
        [
            _rights_told(look),
            *(f"{one.dn}: {one.why}" for one in (*look.refused, *look.unknown)),
        ],
    )
    return 1 if look.refused else 0


def _rights_told(look: WritableLook) -> str:
    entries = counted(look.entries, "entry", "entries")
    if look.refused:
        return f"{len(look.refused)} of {entries} may not be written: nothing would be begun."
    if look.unknown:
        return f"Of {len(look.unknown)} of {entries} it cannot be known."
    return f"Rung may write {entries} of the plan."


@wave.command("decide")
@WAVE
@click.argument("kind", type=click.Choice([one.value for one in DecisionKind]))
@click.option("--reason", required=True, help="Why this follows from what was seen.")
@click.option(
    "--undo", "back", is_flag=True, help="With roll back: take all back at once."
)
def decide(wave_id: int, kind: str, reason: str, back: bool) -> None:
    """Decide once and for good what follows from wave W; the role's next wave waits for it."""
    if back and kind != DecisionKind.ROLL_BACK:
        raise click.UsageError("--undo goes with roll back only.")
    with parts().acting(actor()) as act:
        if back:
            roll_back(act, wave_id, reason)
        else:
            decide_wave(act, wave_id, DecisionKind(kind), reason)
        told = told_wave(act.session, wave_id, act.now)
    lines = [f"Decided {wave_name(told)}: {kind}."]
    if back:
        parts().ring()
        lines.append("The worker takes everybody back.")
    elif kind == DecisionKind.ROLL_BACK:
        lines.append(f"Take it back with `rung wave undo {wave_id}`.")
    emit(told | {"decision": kind}, lines)


@wave.command("approve")
@WAVE
@click.option(
    "--as",
    "operator",
    required=True,
    metavar="OPERATOR",
    help="Who approves: not who planned it, nor who is in it.",
)
def approve(wave_id: int, operator: str) -> None:
    """Approve wave W as it stands. Needs an operator with the permission to approve."""
    now = parts().now()
    with parts().acting("") as act:
        known = operator_named(act.session, operator)
        if known is None:
            raise NotFound(f"There is no operator {operator}.")
        waves_actions.approve(act.by_another(known.name), wave_id)
        told = told_wave(act.session, wave_id, now)
    if told["approved"] is None:
        waiting = f"{told['first_approval']} gave the first of two approvals for {wave_name(told)}."
        emit(told, f"{waiting} Privileged rights need a second approver.")
        return
    by = told["approved"]["by"] + (
        ", who planned it," if told["approved"]["self"] else ""
    )
    emit(
        told,
        f"{by} approved {wave_name(told)}. Apply it with `rung wave apply {wave_id}`.",
    )


@wave.command("withdraw")
@WAVE
@click.option("--reason", default="", help="Why it is not done.")
def withdraw(wave_id: int, reason: str) -> None:
    """Take back the plan of wave W before it was applied."""
    by, now = actor(), parts().now()
    with parts().acting(by) as act:
        waves_actions.withdraw(act, wave_id, reason=reason)
        told = told_wave(act.session, wave_id, now)
    emit(told, f"Withdrew {wave_name(told)}.")


@wave.command("confirm")
@WAVE
@click.option(
    "--person",
    metavar="PERSON",
    help="One person; everybody who is switched, unless said.",
)
@click.option(
    "--note",
    default="",
    help="Who saw it working, and how: confirms before enough days.",
)
@click.option(
    "--by-days",
    is_flag=True,
    help="Whoever was seen on as many days as the plan wants, and nobody else.",
)
def confirm(wave_id: int, person: str | None, note: str, by_days: bool) -> None:
    """Confirm that people of wave W were seen working with their new access.

    Whoever was seen on too few days is noted as seen today; where that is all, it ends with 1.
    """
    by, now = actor(), parts().now()
    with parts().database.read() as session:
        chosen = member(session, wave_id, person)
    verify_live(parts(), wave_id, chosen)
    with parts().acting(by) as act:
        done = (
            confirm_seen_enough(act, wave_id)
            if by_days
            else confirm_seen(act, wave_id, chosen, note=note)
        )
        names = [switch.person.name for switch in done.confirmed]
        told = told_wave(act.session, wave_id, now)
    if done.why_nobody:
        # The day stays noted: it was kept above.
        raise Refused(done.why_nobody, details=done.noted)
    seen = [f"Confirmed {', '.join(names)} in {wave_name(told)}."] if names else []
    emit(told | {"noted": list(done.noted)}, [*seen, *done.noted])


for _command in (
    plan,
    gate,
    apply,
    undo,
    ask,
    answers,
    give_back,
    settle,
    take_again,
    duty,
):
    wave.add_command(_command)
for _command in (arm, disarm, run, pause, resume, cancel, status):
    wave.add_command(_command)
