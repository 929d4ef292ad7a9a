"""The teacher-student perceptron: exact theory at fixed norm, gradient descent at free norm."""
