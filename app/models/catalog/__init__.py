"""The tables of services, scripts and calendars."""
