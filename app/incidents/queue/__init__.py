"""The queue: one order for everybody, with the reason of each place."""
