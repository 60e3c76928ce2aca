"""The register: an improvement is raised, completed, weighed, moved from state to state."""
