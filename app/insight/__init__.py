"""What the numbers say: views and queries over every room; owns no table."""
