"""Tracking data: where the players and the ball are, frame by frame."""
