"""Objections: what was said against an improvement, in their words, and what answered it."""
