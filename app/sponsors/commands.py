"""The commands of the sponsors room."""

from __future__ import annotations

from app.sponsors.adoption.commands import adoption
from app.sponsors.meetings.commands import meeting
from app.sponsors.objections.commands import objection
from app.sponsors.pulses.commands import pulse
from app.sponsors.rollouts.commands import rollout
from app.sponsors.stakeholders.commands import stakeholder
from app.sponsors.status.commands import status
from app.sponsors.visits.commands import visit

COMMANDS = [adoption, meeting, objection, pulse, rollout, stakeholder, status, visit]
