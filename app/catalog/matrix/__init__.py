"""The matrix that makes a priority of impact and urgency."""
