"""A predictor of where the ball is in a game of football."""
