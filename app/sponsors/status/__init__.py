"""How things stand, in one sentence and a few figures, on one phone screen."""
