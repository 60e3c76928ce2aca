"""Forms of the improvements room: what was typed, kept as it was typed."""
