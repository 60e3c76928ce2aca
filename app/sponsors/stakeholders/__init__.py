"""Stakeholders: who has a say in an improvement, where they stand, what is done about it."""
