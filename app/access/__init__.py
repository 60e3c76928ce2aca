"""From single rights to roles: fit, plans, waves, switches and undo."""
