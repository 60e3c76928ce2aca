"""The tables of sponsors: what is shown to people without an account, and what they answer."""
