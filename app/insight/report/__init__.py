"""The first report of a directory, and the sets of people with the same rights."""
