"""Pages of roles, fit, plans, waves and people."""

from app.access.views import deciding, drafting, fit, people, planning, roles, undoing, waves
from app.access.views.blueprint import bp

__all__ = ["bp", "deciding", "drafting", "fit", "people", "planning", "roles", "undoing", "waves"]
