"""Networks that enlarge photographs."""
