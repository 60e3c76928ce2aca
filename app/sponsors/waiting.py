"""What of the sponsors room waits for a person."""

from __future__ import annotations

from app.core.waiting import declare_moments

declare_moments({"status_link.until": "an address that ends by itself"})
