"""Metrics: chosen, measured by hand, from a paste or out of the desk, corrected, drawn."""
