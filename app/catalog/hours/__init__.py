"""Hours of service: calendars with their holidays, and business time counted in them."""
