"""The register of another tool comes in, and this one goes out."""
