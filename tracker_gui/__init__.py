"""tracker-gui: set up and watch live tracking without code."""

__version__ = "0.1.0"
