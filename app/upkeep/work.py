"""What the worker does; each kind of work is a function of its room that does all that is due."""

from __future__ import annotations

from collections.abc import Mapping

from app.access.arm.actions import take_back_stopped
from app.access.drift.asking import ask_who_did_it
from app.access.exceptions.ending import run_due_endings
from app.access.plan.working import run_asked_plans
from app.access.soak.watching import SignInWatch
from app.access.suggest.working import run_suggestions
from app.access.trial.actions import run_due_trials
from app.access.undo.health import run_undo_looks
from app.access.undo.whole import run_role_undos
from app.access.waves.running import run_due_waves
from app.auth.once import run_forgetting
from app.core.anchors import run_daily_anchor
from app.core.jobs import Work
from app.directory.actions import (
    ask_nightly_readings,
    run_waiting_readings,
    run_waiting_repairs,
)
from app.improvements.board.actions import DriftWatch
from app.improvements.metrics.desk_figures import DeskFigures
from app.incidents.clocks.actions import run_due_escalations
from app.incidents.files.actions import run_due_deletions
from app.incidents.inform.actions import run_due_reminders
from app.incidents.mailbox.fetching import MailFetch
from app.insight.evidence.working import run_asked_packs
from app.insight.today.notices import run_due_notices
from app.insight.today.weekly import run_weekly
from app.messages.actions.delivering import run_due_deliveries
from app.sponsors.pulses.nightly import run_due_pulses
from app.upkeep.cleaning import NightlyCleaning

WORKS: Mapping[str, Work] = {
    "readings": run_waiting_readings,
    "plans": run_asked_plans,
    "nightly readings": ask_nightly_readings,
    "exceptions": run_due_endings,
    "trials": run_due_trials,
    "roles taken back": run_role_undos,
    "waves": run_due_waves,
    "who did it": ask_who_did_it,
    "sign-ins": SignInWatch(),
    "stopped waves": take_back_stopped,
    "undo looks": run_undo_looks,
    "repairs": run_waiting_repairs,
    "suggestions": run_suggestions,
    "figures": DeskFigures(),
    "drift": DriftWatch(),
    "escalations": run_due_escalations,
    "pulses": run_due_pulses,
    "deliveries": run_due_deliveries,
    "reminders": run_due_reminders,
    "notices": run_due_notices,
    "weekly mail": run_weekly,
    "deletions": run_due_deletions,
    "mail": MailFetch(),
    "anchors": run_daily_anchor,
    "sent forms": run_forgetting,
    "packs": run_asked_packs,
    "cleaning": NightlyCleaning(),
}
