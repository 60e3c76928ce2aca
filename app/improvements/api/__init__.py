"""Other programs: improvements read, ideas raised, values of metrics sent."""
