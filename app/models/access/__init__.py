"""The tables of access: roles, waves, what was asked, what is kept outside of roles."""
