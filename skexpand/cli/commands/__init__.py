"""One module a command. Each has a click command named ``command``; heavy imports wait inside its functions."""
