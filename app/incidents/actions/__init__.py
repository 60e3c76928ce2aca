"""What can be done to incidents and the desk."""
