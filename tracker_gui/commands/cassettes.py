"""``tracker-gui cassettes``: the Python files that can hear of every frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracker_gui.core.data_files import own_cassettes_folder
from tracker_gui.core.params import describe
from tracker_gui.feed.cassette_file import all_cassettes, find_cassette

if TYPE_CHECKING:
    import argparse


def main(args: argparse.Namespace) -> int:
    """List all of them, or one with its settings."""
    if args.name is None:
        for cassette in all_cassettes().values():
            print(f"{cassette.name:<22} {cassette.problem or cassette.title}")
        print(f"\nYour own belong into {own_cassettes_folder()}")
        return 0
    cassette = find_cassette(args.name)
    print(f"{cassette.title}\n{cassette.path}")
    for text in (cassette.about, cassette.problem):
        if text:
            print(text)
    for info in describe(cassette.Params):
        unit = f" {info.unit}" if info.unit else ""
        allowed = f"  [{info.range_text}]" if info.range_text else ""
        print(f"  {info.name} = {info.default}{unit}{allowed}  {info.description}")
    return 2 if cassette.problem else 0
