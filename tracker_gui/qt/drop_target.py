"""What is dragged over the window: a hint says what would become of it, and the drop does that."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from tracker_gui.qt.theme.icons import pixmap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QMimeData

    from tracker_gui.qt.main_window import MainWindow

DropKind = Literal["preset", "source", "trials", "batch", "refused"]
SIGN_PX = 48
SIZE_PX = (480, 220)
#: What cannot be a video, however it is called.
NO_VIDEO = (".txt", ".pdf", ".doc", ".docx", ".xls", ".xlsx", ".zip", ".py", ".html", ".md", ".parquet")
TAKEN = "Drop a preset, a video, a folder of images, several videos, or a CSV list of trials."


@dataclass(frozen=True, slots=True)
class Drop:
    """What would become of files.

    Attributes
    ----------
    words : str
        For the hint; of what is refused, why.
    """

    kind: DropKind
    paths: tuple[Path, ...]
    sign: str
    words: str


def drop_of(paths: Sequence[Path], is_tracking: bool = False) -> Drop:
    """Return what would become of some files, told by their names."""
    listed = tuple(paths)
    endings = {path.suffix.lower() for path in listed}
    if len(listed) > 1:
        if endings & {".json", ".csv", *NO_VIDEO}:
            return Drop("refused", listed, "cancel", f"Only videos can be dropped together. {TAKEN}")
        return Drop("batch", listed, "table-multiple", f"Put {len(listed)} videos into the batch")
    name, ending = listed[0].name, next(iter(endings))
    if ending in NO_VIDEO:
        return Drop("refused", listed, "cancel", f"“{name}” cannot be opened here. {TAKEN}")
    if ending == ".csv":
        return Drop("trials", listed, "format-list-checks", f"Read “{name}” as the list of trials")
    if is_tracking:
        return Drop("refused", listed, "cancel", "A tracking run is under way: stop it before you open something else.")
    if ending == ".json":
        return Drop("preset", listed, "file-cog-outline", f"Open the preset “{name}”")
    sign = "movie-outline" if ending else "folder-image"
    return Drop("source", listed, sign, f"Open “{name}”")


def files_of(data: QMimeData) -> list[Path]:
    """Return the files of this computer in what is dragged."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


class DropHint(QFrame):
    """A sign and a sentence over the middle of the window while something is dragged over it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.setProperty("drophint", True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._sign, self.words = QLabel(), QLabel()
        for label in (self._sign, self.words):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setProperty("section", True)
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(32, 24, 32, 24)
        rows.setSpacing(16)
        rows.addStretch(1)
        rows.addWidget(self._sign)
        rows.addWidget(self.words)
        rows.addStretch(1)
        self.hide()

    def show_drop(self, drop: Drop) -> None:
        """Say what would become of the files."""
        refused = drop.kind == "refused"
        self.setProperty("kind", "bad" if refused else "ok")
        self.style().unpolish(self)
        self.style().polish(self)
        self._sign.setPixmap(pixmap(drop.sign, "bad" if refused else "accent", SIGN_PX))
        self.words.setText(drop.words)
        self.resize(*SIZE_PX)
        self.move(self._window.rect().center() - self.rect().center())
        self.raise_()
        self.show()


class DropTarget(QObject):
    """Hears what is dragged over the window and dropped on it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.hint = DropHint(window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.DragLeave, QEvent.Type.Hide):
            self.hint.hide()
            return False
        if kind not in (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop):
            return False
        assert isinstance(event, QDropEvent)
        paths = files_of(event.mimeData())
        if not paths:
            return False
        drop = drop_of(paths, self._window.session.is_tracking)
        if kind == QEvent.Type.DragEnter:
            self.hint.show_drop(drop)
            # Taken even where it is refused: else the hint that says why would go at once.
            event.acceptProposedAction()
        elif drop.kind == "refused":
            event.setDropAction(Qt.DropAction.IgnoreAction)
        else:
            event.acceptProposedAction()
        if kind == QEvent.Type.Drop:
            self.hint.hide()
            self.take(drop)
        return True

    def take(self, drop: Drop) -> None:
        """Do what the hint has said."""
        window = self._window
        if drop.kind in ("preset", "source"):
            window.open_path(drop.paths[0])
        elif drop.kind == "trials":
            window.trials().read(drop.paths[0])
        elif drop.kind == "batch":
            from tracker_gui.qt.batch.batch_window import show_batch

            show_batch(window).add_paths(drop.paths)
