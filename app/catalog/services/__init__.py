"""Services as a list and on the public page: their words, owners, urgency, publishing."""
