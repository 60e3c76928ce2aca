"""Work on an incident: take it, begin, wait, note something, try a step; who else is here."""
