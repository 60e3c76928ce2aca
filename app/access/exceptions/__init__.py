"""Rights with an end: who holds them, until when, and how they end by themselves."""
