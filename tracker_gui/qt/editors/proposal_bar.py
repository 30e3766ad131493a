"""On the picture: what was proposed from a click on an animal, to be accepted or given up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from tracker_gui.qt.editors.blob_draft import blob_proposing_of

if TYPE_CHECKING:
    from tracker_gui.qt.editors.editor import Editor
    from tracker_gui.qt.views.canvas import Canvas

WIDEST_PX = 560
EDGE_PX = 12
# The count of what is found stands above it.
BADGE_PX = 48


class ProposalBar(QFrame):
    """Lies in the half of the picture in which the clicked animal is not."""

    def __init__(self, pane: Canvas, editor: Editor) -> None:
        super().__init__(pane)
        self._pane = pane
        self._proposing = blob_proposing_of(editor)
        self.setProperty("notice", True)
        self.setAccessibleName("Proposed settings")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 8, 12, 8)
        rows.setSpacing(8)
        self.figures, self.why = QLabel(), QLabel()
        self.figures.setProperty("strong", True)
        self.why.setProperty("dim", True)
        for label in (self.figures, self.why):
            label.setWordWrap(True)
            rows.addWidget(label)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        self.cancel, self.accept = QPushButton("Cancel"), QPushButton("Accept")
        self.cancel.setToolTip("Leave the settings as they are (Esc)")
        self.accept.setToolTip("Put these settings in force, as one step that can be undone (Enter)")
        self.accept.setProperty("primary", True)
        self.cancel.clicked.connect(self._given_up)
        self.accept.clicked.connect(self._accepted)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.accept)
        rows.addLayout(buttons)
        self.hide()
        pane.installEventFilter(self)
        self._proposing.changed.connect(self._show)

    def _show(self) -> None:
        draft = self._proposing.draft
        if draft is not None:
            self.figures.setText(draft.figures)
            self.why.setText(draft.why)
            self._place()
            self.raise_()
        self.setVisible(draft is not None)

    def _place(self) -> None:
        draft = self._proposing.draft
        if draft is None:
            return
        width = min(WIDEST_PX, max(0, self._pane.width() - 2 * EDGE_PX))
        self.resize(width, self.heightForWidth(width))
        rows = [self._pane.mapFromScene(x, y).y() for x, y in draft.outline_px]
        below = sum(rows) / len(rows) > self._pane.height() / 2
        top = BADGE_PX if below else self._pane.height() - self.height() - EDGE_PX
        self.move((self._pane.width() - width) // 2, top)

    def _accepted(self) -> None:
        self._proposing.accept()
        self._pane.setFocus()

    def _given_up(self) -> None:
        self._proposing.clear()
        self._pane.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)
