"""Other programs and the terminal: the same sentences without a page."""
