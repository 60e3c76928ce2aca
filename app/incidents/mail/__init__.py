"""A mail becomes a report, an answer or a contact; the mail as it came is kept."""
