"""One module per command. Each has a click command named ``command``; heavy imports are inside its functions."""
