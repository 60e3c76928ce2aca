"""What is answered on the status page, counted once, and what is replied to it."""
