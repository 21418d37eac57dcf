"""Tracking data: positions of players and ball, frame by frame."""
