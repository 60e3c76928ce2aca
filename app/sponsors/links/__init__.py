"""A link of their own for somebody without an account: given, listed, taken back."""
