"""Files and recordings of an incident: told by their content, kept, and deleted in time."""
