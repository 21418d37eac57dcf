"""Recipe, data and evaluation of predictors of the ball."""
