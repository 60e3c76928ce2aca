"""Comments: what is said about an improvement, a finding or a rung, and who is named in it."""
