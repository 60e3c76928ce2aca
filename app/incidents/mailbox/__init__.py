"""The mailbox: fetched, set aside when it cannot be read, and what was left alone."""
