"""People who joined, moved or left since the last reading, and what becomes of their rights."""
