"""What can be done to services, scripts, the matrix and calendars."""
