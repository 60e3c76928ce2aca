"""Which role next: suggestions that say who is done after them."""
