"""The Qt binding that is installed must not wear out."""

from __future__ import annotations

import subprocess
import sys


def test_twenty_thousand_void_calls_do_not_end_the_process() -> None:
    code = (
        "from PySide6.QtCore import QObject\n"
        "thing = QObject()\n"
        "for _ in range(20_000):\n"
        "    thing.setObjectName('name')\n"
        "print('alive')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("alive", 0), done.stderr
