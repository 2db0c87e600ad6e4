"""The version, which the build, saved files and reports read, and where its documentation is."""

__version__ = "0.1.0"
DOCS = f"https://skexpand.github.io/skexpand/{'dev' if 'dev' in __version__ else __version__}"
