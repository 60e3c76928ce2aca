"""The tables of improvements."""
