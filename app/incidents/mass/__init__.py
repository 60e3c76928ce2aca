"""Mass incidents: what looks like one, where it is felt, what belongs to it, what it owes."""
