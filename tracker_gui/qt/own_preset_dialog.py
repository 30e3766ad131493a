"""Save the settings of now as a preset of one's own, with the picture of now on its card."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QImage
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
)

from tracker_gui.core.errors import TrackerError
from tracker_gui.exchange.gallery import source_in_words
from tracker_gui.exchange.own_presets import own_preset_path, save_own, thumbnail_u8
from tracker_gui.qt.remark import Remark
from tracker_gui.qt.theme.sizes import grow_with_text, scaled
from tracker_gui.qt.views.preset_card import PLACEHOLDER
from tracker_gui.qt.views.thumbnail import Thumbnail

if TYPE_CHECKING:
    from tracker_gui.core.arrays import U8
    from tracker_gui.core.preset import Preset
    from tracker_gui.qt.main_window import MainWindow

WIDTH_PX = 460
ABOUT_HEIGHT_PX = 72


class OwnPresetDialog(QDialog):
    """Name, what it is for, and whether its source belongs to it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._preset: Preset = window.document.whole
        self._picture: U8 | None = None if window.session.newest is None else window.session.newest.bgra_u8
        self.setWindowTitle("Save as a preset of mine")
        self.resize(scaled(WIDTH_PX), self.height())
        self.thumbnail = Thumbnail(_image(self._picture), PLACEHOLDER)
        self.thumbnail.setToolTip("The picture of now, which the card in the gallery will show")
        untitled = self._preset.name in ("", "Untitled")
        self.name = QLineEdit("" if untitled else self._preset.name)
        self.name.setToolTip("What its card in the gallery is called")
        self.name.setPlaceholderText("Open field, camera at the ceiling")
        self.about = QPlainTextEdit(self._preset.about)
        grow_with_text(self.about.setFixedHeight, ABOUT_HEIGHT_PX)
        self.about.setToolTip("For which experiment and which kind of picture it is; the gallery shows it")
        self.about.setTabChangesFocus(True)
        self.about.setPlaceholderText("One mouse on a light ground, seen from above")
        self.source = QCheckBox()
        self._show_source()
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setProperty("tone", "warn")
        self.save = QPushButton("Save")
        self.save.setProperty("primary", True)
        self.save.setDefault(True)
        cancel = QPushButton("Cancel")
        cancel.setAutoDefault(False)
        cancel.clicked.connect(self.close)
        self.save.clicked.connect(self._save)
        self.name.textChanged.connect(self._check)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(16, 16, 16, 16)
        rows.setSpacing(8)
        rows.addWidget(self.thumbnail)
        for title, field in (("Name", self.name), ("What it is for", self.about)):
            label = QLabel(title)
            label.setProperty("dim", True)
            label.setBuddy(field)
            field.setAccessibleName(title)
            rows.addWidget(label)
            rows.addWidget(field)
        rows.addWidget(self.source)
        rows.addWidget(self.words)
        rows.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(cancel)
        buttons.addWidget(self.save)
        rows.addLayout(buttons)
        self.name.setFocus()
        self._check()

    def _show_source(self) -> None:
        source = self._preset.source
        self.source.setEnabled(source is not None)
        self.source.setText("With its source" if source is None else f"With its source: {source_in_words(source)}")
        self.source.setToolTip("Without it the preset takes whatever video or camera is open.")
        # The next experiment has another video, but the same camera.
        self.source.setChecked(source is not None and getattr(source.params, "path", None) is None)

    def _check(self) -> None:
        name = self.name.text().strip()
        there = bool(name) and own_preset_path(name).exists()
        self.words.setText("You have a preset of this name. It will be replaced." if there else "")
        self.words.setVisible(there)
        self.save.setText("Replace" if there else "Save")
        self.save.setEnabled(bool(name))
        self.save.setToolTip("" if name else "Give it a name first")

    def _save(self) -> None:
        name = self.name.text().strip()
        about = self.about.toPlainText().strip()
        source = self._preset.source if self.source.isChecked() else None
        try:
            path = save_own(replace(self._preset, name=name, about=about, source=source), self._picture)
        except TrackerError as error:
            self.words.setText(str(error))
            self.words.setVisible(True)
            return
        window = self._window

        def show() -> None:
            from tracker_gui.qt.gallery_dialog import show_gallery

            show_gallery(window, path)

        window.notices.say(Remark("own", "ok", f"“{name}” is among your presets now.", "Show it", show))
        self.close()


def _image(picture: U8 | None) -> QImage:
    if picture is None:
        return QImage()
    small = np.ascontiguousarray(thumbnail_u8(picture))
    height, width = small.shape[:2]
    kind = QImage.Format.Format_BGR888 if small.ndim == 3 else QImage.Format.Format_Grayscale8
    return QImage(small.data, width, height, small.strides[0], kind).copy()


def save_as_own(window: MainWindow) -> OwnPresetDialog:
    """Ask for a name and save the settings of now in the user's own folder of presets."""
    dialog = OwnPresetDialog(window)
    dialog.finished.connect(dialog.deleteLater)
    dialog.show()
    return dialog
