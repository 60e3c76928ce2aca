"""One person: where each right comes from, and what happened to it."""
