"""Where the program starts: ``tracker-gui`` and ``python -m tracker_gui``."""

from __future__ import annotations

import sys

from tracker_gui import _bootstrap


def main() -> int:
    """Run the command line; return the exit code."""
    _bootstrap.check_python()
    from tracker_gui.cli import main as command_line

    return command_line()


if __name__ == "__main__":
    sys.exit(main())
