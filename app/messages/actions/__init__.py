"""What can be done with messages, channels and the policy."""
