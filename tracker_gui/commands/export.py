"""``tracker-gui export``: settings for another program."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from tracker_gui.commands.presets import checked
from tracker_gui.exchange import tracktorlive
from tracker_gui.exchange.gallery import named_preset

if TYPE_CHECKING:
    import argparse

log = logging.getLogger(__name__)


def main(args: argparse.Namespace) -> int:
    """Write the file and name it; warn of each setting that is lost."""
    preset = checked(named_preset(args.preset), lenient=False)
    path = Path(args.tracktorlive)
    for sentence in tracktorlive.export(preset, path):
        log.warning("%s", sentence)
    print(path)
    return 0
