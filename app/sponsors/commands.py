"""The commands of the sponsors room."""

from __future__ import annotations

<<<<<<< HEAD
from app.sponsors.objections.commands import objection
=======
from app.sponsors.adoption.commands import adoption
>>>>>>> 0aaedf64 (Adoption: who has it and uses it, of improvements and roles, and of whom nobody knows)
from app.sponsors.pulses.commands import pulse
from app.sponsors.stakeholders.commands import stakeholder
from app.sponsors.status.commands import status

<<<<<<< HEAD
COMMANDS = [objection, pulse, stakeholder, status]
=======
COMMANDS = [adoption, pulse, stakeholder, status]
>>>>>>> 0aaedf64 (Adoption: who has it and uses it, of improvements and roles, and of whom nobody knows)
