"""One incident on one page: its sections come from all subjects below."""
