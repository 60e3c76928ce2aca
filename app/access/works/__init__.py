"""What moved people say themselves, behind a signed link: it still works, or it does not."""
