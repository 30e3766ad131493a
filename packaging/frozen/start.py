"""Where the frozen program starts; what `tracker-gui` is for an installation with pip."""

import multiprocessing
import sys

from tracker_gui.__main__ import main

if __name__ == "__main__":
    # A child process of a frozen program starts here too, and goes its own way in this line.
    multiprocessing.freeze_support()
    sys.exit(main())
