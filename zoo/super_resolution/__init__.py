"""Super-resolution networks."""
