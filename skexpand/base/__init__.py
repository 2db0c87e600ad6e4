"""The ground that everything stands on: randomness and threads, files, parallel work, warnings, types."""
