"""How high the ladder of a role is, on which rung it stands, and who comes next."""
