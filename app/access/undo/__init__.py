"""Undo: what would come back, what others changed meanwhile, and who asked for it."""
