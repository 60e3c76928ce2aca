"""People: invited, prepared, switched, observed, accepted, undone, and what they say."""
