"""Clocks: who has an incident for how long, raises when it is too long, what management is told."""
