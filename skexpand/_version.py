"""The version, which the build, saved files and reports read."""

__version__ = "0.1.0.dev0"
