"""What pages of the catalogue show."""
