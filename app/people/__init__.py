"""People as the directory knows them, and where they work."""
