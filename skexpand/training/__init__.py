"""Training of the network: the losses and the epoch loop, the optimizer, and pretraining on rows without labels."""
