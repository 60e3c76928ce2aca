"""What pages of the desk show."""
