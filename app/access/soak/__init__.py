"""On how many days a moved person was seen, of those that the plan wants."""
