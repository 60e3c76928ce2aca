"""A mail as it came, read within bounds: who wrote it, what is new in it, what hangs on it."""
