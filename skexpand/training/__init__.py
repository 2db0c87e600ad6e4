"""Training of the network: the epoch loop, its losses, and the history."""
