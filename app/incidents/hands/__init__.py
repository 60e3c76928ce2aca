"""Hand-overs with their reasons and locks, the responsibility of the owner, and work orders."""
