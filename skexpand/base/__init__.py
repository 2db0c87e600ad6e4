"""What all other rooms use: randomness and threads, files, parallel work, warnings, types."""
