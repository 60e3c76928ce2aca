"""Two improvements that ask for the same: one a duplicate of the other, or both made one."""
