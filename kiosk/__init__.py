"""The clinic: decides and records."""

__version__ = "0.1.0"
