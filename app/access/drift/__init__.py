"""What became other than a plan promised: found at each reading, repaired, accepted or undone."""
