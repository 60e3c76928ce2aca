"""Visits and contacts: planned, held, what was heard and became of it; who is not seen long."""
