"""The values that are due, of all metrics on one sheet."""
