"""Intake writes down what was asked, and which call it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.core.acting import Acting
from app.core.errors import Invalid
from app.incidents.actions.calls import belongs
from app.incidents.actions.reporting import Report, report
from app.models.catalog.service import Fact
from app.models.incidents.incident import Incident

NOT_KNOWN = "Not known: "


def facts_given(
    facts: Sequence[Fact], values: Mapping[int, str], reasons: Mapping[int, str]
) -> dict[int, str]:
    """Return the answers to keep; a required fact may only be left out with the reason why it is
    not known.

    Raises ``Invalid`` naming the first one left out: ``fact-3``.
    """
    kept: dict[int, str] = {}
    for fact in facts:
        value, reason = values.get(fact.id, "").strip(), reasons.get(fact.id, "").strip()
        if not value and not reason and fact.required:
            raise Invalid(
                f"{fact.name}: ask for it, or say why it is not known.", field=f"fact-{fact.id}"
            )
        if value or reason:
            kept[fact.id] = value or NOT_KNOWN + reason
    return kept


def take_in(act: Acting, told: Report) -> Incident:
    """Write down what intake asked for; the call it came with knows its incident from then on."""
    incident = report(act, told)
    if told.call_id:
        belongs(act.session, told.call_id, told.person_id, incident.id)
    return incident
