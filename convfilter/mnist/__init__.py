"""The side command: a convolutional network that learns and reads handwritten digits."""
