"""History: what was done, field by field, and two people who change the same thing at once."""
