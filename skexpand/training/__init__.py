"""Training of the network: the losses and the epoch loop, and pretraining on rows without labels."""
