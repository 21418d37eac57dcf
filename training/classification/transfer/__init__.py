"""Training on the features of a network with published weights."""
