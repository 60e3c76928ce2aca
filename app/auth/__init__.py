"""Who may do what: operators, sign-in, permissions."""
