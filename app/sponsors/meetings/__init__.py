"""Meetings: kick-offs, workshops, reviews and talks of two, with what came of them."""
