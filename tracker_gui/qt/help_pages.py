"""The help pages as they lie in `resources/help`: Markdown files that link to one another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracker_gui.core.data_files import resources_folder
from tracker_gui.core.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

#: The first page; the order of its links is that of the contents.
FIRST = "index"
#: A property of a widget: the page for it and all that lies in it.
PAGE_PROPERTY = "help_page"
_LINK = re.compile(r"\]\(([\w-]+)\.md\)")


@dataclass(frozen=True, slots=True)
class HelpPage:
    """One page.

    Attributes
    ----------
    name : str
        The file's, without its ending.
    title : str
        Its first heading.
    text : str
        Markdown.
    """

    name: str
    title: str
    text: str
    path: Path

    def has(self, words: list[str]) -> bool:
        """Return whether all words stand in it, in any order."""
        text = self.text.lower()
        return all(word.lower() in text for word in words)


def help_folder() -> Path:
    """Return the folder of the pages."""
    return resources_folder() / "help"


def read_pages() -> list[HelpPage]:
    """Return all pages in the order of the contents.

    Raises
    ------
    InputError
        A page is missing or cannot be read.
    """
    first = _read(FIRST)
    return [first, *(_read(name) for name in dict.fromkeys(_LINK.findall(first.text)))]


def _read(name: str) -> HelpPage:
    path = help_folder() / f"{name}.md"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise InputError(str(path), f"the help page cannot be read ({error})", "Install the program again.") from error
    return HelpPage(name, text.partition("\n")[0].lstrip("# "), text, path)
