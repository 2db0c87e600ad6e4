"""Small images (protocol C): the run and its page, samplers, a convolutional network, and the seed experiments."""
