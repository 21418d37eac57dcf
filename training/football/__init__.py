"""Training recipe, data and evaluation of ball position predictors."""
