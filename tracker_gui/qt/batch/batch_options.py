"""Where the results of a batch go, where it runs, and how it is measured."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tracker_gui.analysis.measure_settings import MeasureSettings
from tracker_gui.engine.batch_dask import DaskRunner
from tracker_gui.engine.batch_processes import ProcessRunner, core_count
from tracker_gui.qt.forms.controls import TEXT_MARGINS_PX
from tracker_gui.qt.forms.form import StageForm
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import ICON_SIZE, icon
from tracker_gui.qt.theme.sizes import grow_with_text

if TYPE_CHECKING:
    from tracker_gui.engine.batch import Runner

WIDTH_PX, SPIN_PX = 264, 88
MOST_AT_A_TIME = 256


class BatchOptions(QWidget):
    """The column beside the tables; `changed` when anything in it is."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        grow_with_text(self.setFixedWidth, WIDTH_PX)
        self.folder = QLineEdit()
        self.folder.setToolTip("Every video gets a folder of its own in here, beside the tables over all of them")
        self.folder.textChanged.connect(self.changed)
        self.choose = QToolButton()
        self.choose.setIconSize(ICON_SIZE)
        self.choose.setToolTip("Choose a folder")
        self.choose.setAccessibleName("Choose a folder")
        self.choose.clicked.connect(self._choose_folder)
        self.place = QComboBox()
        self.place.addItems(["This computer", "Dask cluster"])
        self.place.setToolTip("A cluster must see the videos and this folder under the same names as this computer")
        self.place.currentIndexChanged.connect(self._show_place)
        self.at_a_time = QSpinBox()
        self.at_a_time.setRange(1, MOST_AT_A_TIME)
        self.at_a_time.setValue(core_count())
        grow_with_text(self.at_a_time.setFixedWidth, SPIN_PX)
        self.at_a_time.lineEdit().setTextMargins(*TEXT_MARGINS_PX)
        self.at_a_time.setToolTip(f"1 to {MOST_AT_A_TIME}; this computer has {core_count()} cores")
        self.address = QLineEdit()
        self.address.setPlaceholderText("tcp://10.0.0.5:8786")
        self.address.setToolTip("Address of the cluster's scheduler")
        self.address.textChanged.connect(self.changed)
        self.measuring = MeasureSettings()
        self.form = StageForm(MeasureSettings)
        self.form.edited.connect(self._measure_with)
        self.form.show_params(self.measuring)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(8)
        rows.addWidget(_named("Folder of the results", self.folder))
        in_row = QHBoxLayout()
        in_row.setSpacing(4)
        in_row.addWidget(self.folder, 1)
        in_row.addWidget(self.choose)
        rows.addLayout(in_row)
        rows.addWidget(_named("Run on", self.place))
        rows.addWidget(self.place)
        self._here, self._there = QWidget(), QWidget()
        for where, widget, name in (
            (self._here, self.at_a_time, "Videos at a time"), (self._there, self.address, "Address"),
        ):  # fmt: skip
            line = QHBoxLayout(where)
            line.setContentsMargins(0, 0, 0, 0)
            line.addWidget(_named(name, widget))
            line.addWidget(widget)
            rows.addWidget(where)
        head = QLabel("Measures")
        head.setProperty("strong", True)
        rows.addSpacing(8)
        rows.addWidget(head)
        body = QWidget()
        body.setObjectName("body")
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 8, 0)
        column.addWidget(self.form)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        rows.addWidget(scroll, 1)
        appearance().changed.connect(self._recolour)
        self._recolour()
        self._show_place()

    @property
    def out(self) -> Path | None:
        """The folder of the results, None while there is none."""
        text = self.folder.text().strip()
        return Path(text) if text else None

    @property
    def runner(self) -> Runner | None:
        """Where the videos run, None while that is not known."""
        if self.place.currentIndex() == 0:
            return ProcessRunner(self.at_a_time.value())
        address = self.address.text().strip()
        return DaskRunner(address) if address else None

    def _recolour(self) -> None:
        self.choose.setIcon(icon("folder-open-outline", "dim"))

    def _show_place(self) -> None:
        here = self.place.currentIndex() == 0
        self._here.setVisible(here)
        self._there.setVisible(not here)
        self.changed.emit()

    def _choose_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, "Folder of the results", self.folder.text())
        if name:
            self.folder.setText(name)

    def _measure_with(self, settings: MeasureSettings, _title: str, _drag: int) -> None:
        self.measuring = settings
        self.form.show_params(settings)
        self.changed.emit()


def _named(text: str, widget: QWidget) -> QLabel:
    label = QLabel(text)
    label.setProperty("dim", True)
    label.setBuddy(widget)
    widget.setAccessibleName(text)
    return label
