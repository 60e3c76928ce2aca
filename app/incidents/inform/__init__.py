"""Inform: one message over several channels, who was told, the promised next one, and the log."""
