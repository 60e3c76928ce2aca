"""The whole catalogue as a file: what goes out and what comes in."""
