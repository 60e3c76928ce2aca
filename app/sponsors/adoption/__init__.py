"""Who really has it and uses it, of improvements and roles: behaviour, not the e-mail about it."""
