"""Primers: short texts for who does not know the work, in the owner's words where wanted."""
