"""Learning curves as functions of the norm."""
