"""Articles that help with an incident, and articles made of one."""
