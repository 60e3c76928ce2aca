"""What is prepared of a roll-out, one form after another."""
