"""Services for customers and parts for IT: owners, urgency, influence scripts, business hours."""
