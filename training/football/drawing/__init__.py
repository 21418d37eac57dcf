"""Images, plots and videos of a pitch with players and the ball."""
