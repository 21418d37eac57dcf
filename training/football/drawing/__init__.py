"""Pictures and videos of a pitch with players and ball."""
