"""What needs whom today: what waits, how things stand in one line each, and what others did."""
