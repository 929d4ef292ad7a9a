"""The error that a person can mend."""


class BadInput(ValueError):
    """Something a person gave is wrong; the message is one line that names the key or file and says what is allowed."""


class NotConverged(ArithmeticError):
    """A solver did not reach its tolerance; the message names the parameters (alpha, lambda, ...) it failed at."""
