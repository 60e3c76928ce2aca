"""What the pages and commands of roles and waves show."""
