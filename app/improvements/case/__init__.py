"""The business case: composed from records for any day, compared, frozen."""
