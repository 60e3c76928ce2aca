"""What people of a rung say themselves, behind a signed link: it works for me, or it does not."""
