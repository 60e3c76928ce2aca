"""What programs may ask of differences and exceptions: read only, at ``/api/v1``."""
