"""Rung: change IT one rung at a time, and be able to step back down."""
