"""What each audience gains, and the quiet ways to say it: in writing, in a small group."""
