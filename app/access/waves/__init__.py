"""Waves: approved, applied, confirmed; what one shows, and how the worker takes it up."""
