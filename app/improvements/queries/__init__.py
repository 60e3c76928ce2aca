"""What the pages and commands of improvements show."""
