"""What is taken in: a report with its priority, assessed again, sorted to another service."""
