"""Findings: what came up, how much it matters, and how it is settled."""
