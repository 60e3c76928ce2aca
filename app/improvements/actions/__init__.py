"""What people do with improvements, one function per sentence."""
