"""The perceptron's figures."""
