"""Write down what came up, fix it, verify it, or accept the risk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.core.acting import Acting
from app.core.changes import cleaned, demand, one, word
from app.core.errors import Invalid
from app.core.said import said
from app.improvements.events import NotedChange, locked, tell
from app.improvements.findings.rules import objections
from app.models.improvements.iteration import Finding, Iteration, Participation
from app.models.improvements.words import (
    SETTLED_FINDINGS,
    FindingKind,
    FindingSource,
    FindingState,
    ForWhom,
)

EDITABLE = ("title", "text", "kind", "source", "for_whom", "fix")


@dataclass(frozen=True, slots=True)
class FindingDraft:
    """What a person typed about a finding."""

    title: str
    kind: FindingKind = FindingKind.NOTE
    text: str = ""
    source: FindingSource = FindingSource.OBSERVATION
    for_whom: ForWhom = ForWhom.TEAM
    fix: str = ""


def raise_finding(
    act: Acting,
    improvement_id: int,
    draft: FindingDraft,
    *,
    iteration_id: int | None = None,
    participation_id: int | None = None,
) -> Finding:
    """Write down a finding of an improvement, of one of its iterations or of one participant."""
    improvement = locked(act.session, improvement_id)
    if participation_id is not None:
        iteration_id = one(act.session, Participation, participation_id).iteration_id
    if (
        iteration_id is not None
        and one(act.session, Iteration, iteration_id).improvement_id != improvement_id
    ):
        raise Invalid(said("Choose a rung of this improvement."), field="iteration_id")
    values = cleaned(Finding, asdict(draft), EDITABLE)
    _check_title(values)
    change = NotedChange()
    made = change.add(
        act.session,
        Finding(
            improvement_id=improvement_id,
            iteration_id=iteration_id,
            participation_id=participation_id,
            state=FindingState.OPEN,
            created_at=act.now,
            created_by=act.by,
            **values,
        ),
    )
    tell(
        act,
        improvement,
        "finding.raise",
        f"Found: {made.title} ({made.kind})",
        change,
    )
    return made


def change_finding(
    act: Acting,
    finding_id: int,
    values: Mapping[str, Any],
    *,
    reason: str = "",
) -> Finding:
    """Change the words or the weight of a finding; a lighter weight needs a reason."""
    finding = one(act.session, Finding, finding_id)
    improvement = locked(act.session, finding.improvement_id)
    wanted = cleaned(Finding, values, EDITABLE)
    _check_title({"title": finding.title, **wanted})
    kinds = list(FindingKind)
    if (
        kinds.index(wanted.get("kind", finding.kind)) < kinds.index(finding.kind)
        and not reason.strip()
    ):
        raise Invalid(said("Say why it matters less now."), field="reason")
    change = NotedChange()
    if change.put(finding, wanted):
        sentence = f"Changed the finding {finding.title}"
        tell(act, improvement, "finding.change", sentence, change, reason=reason)
    return finding


def move_finding(
    act: Acting,
    finding_id: int,
    to: FindingState,
    *,
    who: str = "",
    why: str = "",
    fix: str = "",
) -> Finding:
    """Move a finding on: fixed (``fix`` says how), verified (``who`` looked), accepted risk
    (``who`` and ``why``).
    """
    to = word(FindingState, to, "to")
    finding = one(act.session, Finding, finding_id)
    improvement = locked(act.session, finding.improvement_id)
    demand(objections(finding.state, to, who, why))
    settled = to in SETTLED_FINDINGS
    values: dict[str, Any] = {
        "state": to,
        "settled_by": who.strip() if settled else "",
        "settled_why": why.strip() if settled else "",
        "settled_at": act.now if settled else None,
    }
    if fix.strip():
        values["fix"] = fix.strip()
    change = NotedChange()
    change.put(finding, values)
    tell(
        act,
        improvement,
        "finding.move",
        f"{finding.title}: {to}",
        change,
        reason=why,
    )
    return finding


def _check_title(values: Mapping[str, Any]) -> None:
    if not values["title"]:
        raise Invalid(said("Say in a few words what was found."), field="title")
