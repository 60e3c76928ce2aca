"""Files of an improvement or of a comment: attached, saved, deleted with a reason."""
