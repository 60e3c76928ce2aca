"""The sheet: one improvement on one page, in seven steps."""
