"""A rung begins with who, what and until when; the rest is asked when it matters."""
