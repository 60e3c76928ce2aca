"""The tables of the desk."""
